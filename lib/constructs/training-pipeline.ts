import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnPipeline } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import type { TrainingPipelineSpec } from '../../pipelines/definition/spec';
import { definitionHash, trainingPipeline } from '../../pipelines/definition/training-pipeline';
import { arnsOf } from './arns';
import { allowKey, keyArnOf } from './key-access';
import { allow, servicePrincipal } from './permissions';
import { type JobNetwork, SageMakerRole } from './sagemaker-role';

export interface TrainingPipelineProps
  extends Pick<
    TrainingPipelineSpec,
    | 'project'
    | 'environment'
    | 'artifactsBucket'
    | 'modelPackageGroup'
    | 'trainImage'
    | 'serveImage'
    | 'processImage'
    | 'cheaper'
    | 'train'
    | 'process'
    | 'serve'
    | 'tags'
  > {
  readonly pipelineName: string;
  readonly pipelineRoleName: string;
  readonly jobRoleName: string;
  readonly keyAlias: string;
  readonly network: JobNetwork;

  /** The ECR repository that the images come from. */
  readonly repositoryArn: string;
}

/**
 * The SageMaker pipeline of a project, and the two roles behind it: one that starts jobs and registers models, and
 * one that the jobs run as, which reads code and data and writes outputs.
 */
export class TrainingPipeline extends Construct {
  /** Hash of what shapes the model besides code and data. */
  public readonly definitionHash: string;

  constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    const jobRole = this.jobRole(props);
    const pipelineRole = this.pipelineRole(props, jobRole);
    const spec: TrainingPipelineSpec = {
      ...props,
      jobRoleArn: jobRole.roleArn,
      keyArn: keyArnOf(this, props.keyAlias),
      subnetIds: props.network.subnetIds,
      securityGroupIds: [props.network.securityGroupId],
    };
    this.definitionHash = definitionHash(spec);

    const pipeline = new CfnPipeline(this, 'Resource', {
      pipelineName: props.pipelineName,
      pipelineDescription: `Trains, evaluates and registers models of ${props.project}`,
      roleArn: pipelineRole.roleArn,
      // The keys are CloudFormation's own, in its own case: CDK passes this property on as it is.
      pipelineDefinition: { PipelineDefinitionBody: Stack.of(this).toJsonString(trainingPipeline(spec)) },
    });
    pipeline.node.addDependency(pipelineRole, jobRole);
  }

  private jobRole(props: TrainingPipelineProps): iam.Role {
    const { bucket, objects } = arnsOf(this);
    const { role } = new SageMakerRole(this, 'JobRole', {
      roleName: props.jobRoleName,
      description: `Jobs of the pipeline ${props.pipelineName}`,
      logGroups: ['ProcessingJobs', 'TrainingJobs'],
      repositoryArns: [props.repositoryArn],
      keyAlias: props.keyAlias,
      network: props.network,
    });
    const checkpoints = props.train.spot ? ['checkpoints/'] : [];
    const below = (...prefixes: string[]) => prefixes.map((prefix) => objects(props.artifactsBucket, prefix));
    allow(
      role,
      { actions: ['s3:ListBucket'], resources: [bucket(props.artifactsBucket)] },
      {
        actions: ['s3:GetObject'],
        resources: below('code/', 'weights/', 'data/', 'champion/', 'runs/', 'models/', ...checkpoints),
        because:
          'code, weights, data versions, runs and models are named by content and execution, unknown before',
      },
      {
        actions: ['s3:PutObject'],
        resources: below('runs/', 'models/', ...checkpoints),
        because: 'outputs lie below the id of the execution or the name of the job',
      },
    );
    if (props.train.spot) {
      allow(role, {
        actions: ['s3:DeleteObject'],
        resources: below(...checkpoints),
        because:
          'SageMaker deletes in S3 what a learner deletes of its checkpoints, below the execution’s id',
      });
    }
    return role;
  }

  private pipelineRole(props: TrainingPipelineProps, jobRole: iam.IRole): iam.Role {
    const { sagemaker, objects } = arnsOf(this);
    const role = new iam.Role(this, 'PipelineRole', {
      roleName: props.pipelineRoleName,
      description: `Runs the pipeline ${props.pipelineName}`,
      assumedBy: servicePrincipal('sagemaker.amazonaws.com', Stack.of(this).account),
    });
    allow(
      role,
      ...(['Processing', 'Training'] as const).map((kind) => ({
        actions: ['AddTags', `Create${kind}Job`, `Describe${kind}Job`, `Stop${kind}Job`].map(
          (action) => `sagemaker:${action}`,
        ),
        resources: [sagemaker(`${kind.toLowerCase()}-job`, 'pipelines-*')],
        because:
          'SageMaker names the jobs of pipelines pipelines-<execution>-<step>-…; the start cannot be chosen',
      })),
      {
        // The step asks for the group before each package, also where the group exists.
        actions: [
          'sagemaker:AddTags',
          'sagemaker:CreateModelPackage',
          'sagemaker:CreateModelPackageGroup',
          'sagemaker:DescribeModelPackage',
        ],
        resources: [
          sagemaker('model-package-group', props.modelPackageGroup),
          sagemaker('model-package', `${props.modelPackageGroup}/*`),
        ],
        because: 'a package is numbered when it is made, within this one group',
      },
      {
        actions: ['iam:PassRole'],
        resources: [jobRole.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      },
      {
        actions: ['s3:GetObject'],
        resources: [objects(props.artifactsBucket, 'models/'), objects(props.artifactsBucket, 'runs/')],
        because:
          'the condition reads evaluation.json, a registration looks at the model: both lie below the name of a run',
      },
    );
    allowKey(role, props.keyAlias);
    return role;
  }
}
