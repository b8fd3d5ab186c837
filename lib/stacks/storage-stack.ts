import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { MailTopic } from '../constructs/mail-topic';
import { ProjectBuckets } from '../constructs/project-buckets';
import { ProjectKey } from '../constructs/project-key';
import { ProjectTables } from '../constructs/project-tables';
import type { ProjectStackProps } from './project-stack-props';

/** Everything of a project that must outlive its stacks, and what the other stacks point at by name. */
export class StorageStack extends Stack {
  constructor(scope: Construct, id: string, props: ProjectStackProps) {
    super(scope, id, props);
    const { names, project } = props;

    const { key } = new ProjectKey(this, 'Key', { alias: names.keyAlias });
    const buckets = new ProjectBuckets(this, 'Buckets', {
      artifactsName: names.artifactsBucket,
      recordsName: names.recordsBucket,
      logsName: names.logsBucket,
      key,
      keepDays: project.monitor.keep_days,
    });
    const tables = new ProjectTables(this, 'Tables', {
      stateName: names.stateTable,
      inferencesName: names.inferencesTable,
      key,
    });
    const owner = new MailTopic(this, 'Owner', {
      topicName: names.ownerTopic,
      displayName: names.prefix,
      email: project.owner,
      masterKey: key,
    });
    const group = new CfnModelPackageGroup(this, 'Models', {
      modelPackageGroupName: names.modelPackageGroup,
      modelPackageGroupDescription: `Models of ${project.name}, each with its metrics and where it comes from`,
    });
    group.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);

    new CfnOutput(this, 'ArtifactsBucket', { value: buckets.artifacts.bucketName });
    new CfnOutput(this, 'RecordsBucket', { value: buckets.records.bucketName });
    new CfnOutput(this, 'StateTable', { value: tables.state.tableName });
    new CfnOutput(this, 'InferencesTable', { value: tables.inferences.tableName });
    new CfnOutput(this, 'ModelPackageGroup', { value: names.modelPackageGroup });
    new CfnOutput(this, 'OwnerTopicArn', { value: owner.topic.topicArn });
  }
}
