import { Stack } from 'aws-cdk-lib';
import { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { arnsOf } from '../constructs/arns';
import { allowKey } from '../constructs/key-access';
import { allow, servicePrincipal } from '../constructs/permissions';
import { SOURCE, type StagesSpec, stagesOf } from './stages';

export interface DeliveryPipelineProps extends StagesSpec {
  readonly pipelineName: string;
  readonly roleName: string;
  readonly artifactsBucket: string;
  readonly key: kms.IKey;
  readonly keyAlias: string;

  /** Files whose merge starts a run. */
  readonly paths: readonly string[];

  /** CodeBuild projects that it starts. */
  readonly buildProjects: readonly string[];
}

/**
 * The CodePipeline of one project. Runs queue: a merge while one is going on waits its turn, and none is dropped.
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html (execution modes)
 */
export class DeliveryPipeline extends Construct {
  constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const role = this.role(props);
    const pipeline = new CfnPipeline(this, 'Resource', {
      name: props.pipelineName,
      pipelineType: 'V2',
      executionMode: 'QUEUED',
      roleArn: role.roleArn,
      // A commit that changes the pipeline runs once more, through the pipeline it asked for.
      restartExecutionOnUpdate: true,
      artifactStore: {
        type: 'S3',
        location: props.artifactsBucket,
        encryptionKey: { type: 'KMS', id: props.key.keyArn },
      },
      triggers: [
        {
          providerType: 'CodeStarSourceConnection',
          gitConfiguration: {
            sourceActionName: SOURCE,
            push: [{ branches: { includes: [props.branch] }, filePaths: { includes: [...props.paths] } }],
          },
        },
      ],
      stages: stagesOf(props),
    });
    pipeline.node.addDependency(role);
  }

  private role(props: DeliveryPipelineProps): iam.Role {
    const stack = Stack.of(this);
    const { bucket, objects } = arnsOf(this);
    const role = new iam.Role(this, 'Role', {
      roleName: props.roleName,
      description: `Runs the pipeline ${props.pipelineName}`,
      assumedBy: servicePrincipal('codepipeline.amazonaws.com', stack.account),
    });
    allow(
      role,
      {
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        resources: [objects(props.artifactsBucket, '')],
        because: 'CodePipeline names what it hands on anew in every run',
      },
      { actions: ['s3:GetBucketVersioning'], resources: [bucket(props.artifactsBucket)] },
      {
        actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'],
        resources: props.buildProjects.map((resourceName) =>
          stack.formatArn({ service: 'codebuild', resource: 'project', resourceName }),
        ),
      },
      {
        // Named after the service's old name, or its new one.
        actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
        resources: [props.connectionArn],
      },
    );
    if (props.environments.some(({ approval }) => approval)) {
      allow(role, { actions: ['sns:Publish'], resources: [props.ownerTopicArn] });
    }
    allowKey(role, props.keyAlias);
    return role;
  }
}
