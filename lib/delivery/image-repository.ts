import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface ImageRepositoryProps {
  readonly repositoryName: string;

  /** Who pulls: roles of these accounts whose names begin with the prefix. */
  readonly readers: readonly { readonly account: string; readonly rolePrefix: string }[];
}

/** Images kept; each change of a lock file makes one or two. One in service is far from being the hundredth. */
const KEPT_IMAGES = 100;

/**
 * The images of a project, made once and pulled by its jobs and models in every environment.
 *
 * A tag never changes its content. The repository outlives its stack: models in service need their image whenever an
 * instance starts.
 */
export class ImageRepository extends Construct {
  public readonly repository: ecr.Repository;

  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    this.repository = new ecr.Repository(this, 'Resource', {
      repositoryName: props.repositoryName,
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        {
          rulePriority: 1,
          description: 'what lost its tag to a broken push',
          tagStatus: ecr.TagStatus.UNTAGGED,
          maxImageAge: Duration.days(7),
        },
        {
          rulePriority: 2,
          description: 'images of locks long replaced',
          tagStatus: ecr.TagStatus.ANY,
          maxImageCount: KEPT_IMAGES,
        },
      ],
    });
    for (const { account, rolePrefix } of props.readers) {
      this.repository.addToResourcePolicy(
        new iam.PolicyStatement({
          sid: `PulledBy${rolePrefix.replaceAll(/[^A-Za-z0-9]/g, '')}`,
          principals: [new iam.AccountPrincipal(account)],
          actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          conditions: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/${rolePrefix}*` } },
        }),
      );
    }
  }
}
