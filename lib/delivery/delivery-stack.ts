import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DeliveryNames } from '../config/names';
import { alarmOnErrors } from '../constructs/function-errors';
import { MailTopic } from '../constructs/mail-topic';
import { ProjectKey } from '../constructs/project-key';
import { Undelivered } from '../constructs/undelivered';
import { BuildProject } from './build-project';
import { type BuildRoles, buildRoles } from './build-roles';
import { type Build, buildsOf } from './builds';
import { DeliveryPipeline } from './delivery-pipeline';
import { ImageRepository } from './image-repository';
import { ReportFailure } from './report-failure';
import type { DeliveredEnvironment } from './stages';
import { deliveredPaths } from './trigger';

export interface DeliveryStackProps extends StackProps {
  readonly project: { readonly name: string; readonly kind: string; readonly owner: string };
  readonly names: DeliveryNames;

  /** Connection, `owner/name` and branch of what is delivered. */
  readonly source: { readonly connection: string; readonly repository: string; readonly branch: string };

  /** In the order of delivery. */
  readonly environments: readonly (DeliveredEnvironment & { readonly account: string })[];

  /** Repositories of AWS that images are built on. */
  readonly baseRepositoryArns: readonly string[];

  /** After how many hours the longest training of these environments is stopped. */
  readonly longestTrainingHours: number;

  /** Folder of the built Lambda handlers. */
  readonly handlers: string;
}

/** Days that what one action hands to the next is kept. */
const KEPT_DAYS = 30;

/** What delivers one project: its pipeline, its images, and who hears of a failure. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    super(scope, id, props);
    const { names, project, environments } = props;

    const { key } = new ProjectKey(this, 'Key', { alias: names.keyAlias });
    const artifacts = this.artifacts(names.artifactsBucket, key);
    const { repository } = new ImageRepository(this, 'Images', {
      repositoryName: names.repository,
      readers: environments.map(({ name, account }) => ({ account, rolePrefix: `${project.name}-${name}-` })),
    });
    const { topic } = new MailTopic(this, 'Owner', {
      topicName: names.ownerTopic,
      displayName: names.prefix,
      email: project.owner,
      masterKey: key,
    });

    const builds = buildsOf(names, environments, props.longestTrainingHours);
    const buildProjects = builds.map(({ projectName }) => projectName);
    const roles = buildRoles(this, {
      names,
      builds,
      repositoryArn: repository.repositoryArn,
      baseRepositoryArns: props.baseRepositoryArns,
      environments,
    });
    for (const build of builds) this.build(build, roles, key, props);

    const pipeline = new DeliveryPipeline(this, 'Pipeline', {
      pipelineName: names.pipeline,
      roleName: names.roles.pipeline,
      artifactsBucket: names.artifactsBucket,
      key,
      keyAlias: names.keyAlias,
      connectionArn: props.source.connection,
      repository: props.source.repository,
      branch: props.source.branch,
      paths: deliveredPaths(project),
      environments,
      names,
      buildProjects,
      ownerTopicArn: topic.topicArn,
      evidenceUrl: `https://${this.region}.console.aws.amazon.com/codesuite/codebuild/${this.account}/projects/${names.build('evidence')}/history?region=${this.region}`,
    });
    pipeline.node.addDependency(artifacts, key);

    const { queue } = new Undelivered(this, 'Undelivered', { name: `${names.stack}-undelivered`, topic });
    const report = new ReportFailure(this, 'ReportFailure', {
      functionName: names.functions.reportFailure,
      handlers: props.handlers,
      pipelineName: names.pipeline,
      buildProjects,
      topicArn: topic.topicArn,
      keyAlias: names.keyAlias,
      deadLetterQueue: queue,
    });
    alarmOnErrors(this, 'ReportFailureErrors', names.functions.reportFailure, report.function, topic);

    new CfnOutput(this, 'PipelineName', { value: names.pipeline });
    new CfnOutput(this, 'RepositoryUri', { value: repository.repositoryUri });
  }

  private artifacts(bucketName: string, encryptionKey: kms.IKey): s3.Bucket {
    const bucket = new s3.Bucket(this, 'Artifacts', {
      bucketName,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        {
          id: 'expire',
          expiration: Duration.days(KEPT_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: `it holds, for ${KEPT_DAYS} days, a copy of the repository on its way from one action to the next; only this pipeline's roles reach it, and CodePipeline keeps the history`,
    });
    return bucket;
  }

  private build(
    build: Build,
    roles: BuildRoles,
    key: kms.IKey,
    { names, project }: DeliveryStackProps,
  ): void {
    const { step, environment, projectName } = build;
    new BuildProject(this, `${names.stage(step.name)}${environment ? names.stage(environment) : ''}`, {
      projectName,
      step,
      role: roles.of(build),
      variables: {
        PROJECT: project.name,
        PIPELINE: names.pipeline,
        // The SDK's note on next year's Node is no concern of a log's reader.
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        NO_COLOR: '1',
      },
      key,
    });
  }
}
