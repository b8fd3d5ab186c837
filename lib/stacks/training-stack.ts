import { CfnOutput, Stack } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { StartTrainingEvent } from '../../lambda/start-training/contract';
import { PROCESSING_INSTANCE } from '../../pipelines/processing-instance';
import { ApproveModel } from '../constructs/approve-model';
import { alarmOnErrors } from '../constructs/function-errors';
import { FunctionSchedule } from '../constructs/function-schedule';
import { RetrainingRules } from '../constructs/retraining-rules';
import { StartTraining } from '../constructs/start-training';
import { TellOwner } from '../constructs/tell-owner';
import { TrainingPipeline } from '../constructs/training-pipeline';
import { Undelivered } from '../constructs/undelivered';
import { alertsOf, networkOf } from './platform-references';
import type { ProjectStackProps } from './project-stack-props';

/** The training pipeline of a project, everything that starts it, and who hears what became of a model. */
export class TrainingStack extends Stack {
  constructor(scope: Construct, id: string, props: ProjectStackProps) {
    super(scope, id, props);
    const { names, project, settings, images, weights } = props;
    const inform = alertsOf(this, props.platform).inform();

    const pipeline = new TrainingPipeline(this, 'Pipeline', {
      project: names.project,
      environment: names.environment,
      pipelineName: names.pipeline,
      pipelineRoleName: names.roles.pipeline,
      jobRoleName: names.roles.job,
      artifactsBucket: names.artifactsBucket,
      modelPackageGroup: names.modelPackageGroup,
      keyAlias: names.keyAlias,
      network: networkOf(this, props.platform),
      repositoryArn: props.repositoryArn,
      trainImage: images.train,
      serveImage: images.serve,
      processImage: images.process,
      cheaper: images.cheaper ? { image: images.cheaper, weights: weights.cheaper } : undefined,
      train: {
        instance: settings.train.instance,
        maxHours: settings.train.max_hours,
        spot: settings.train.spot,
        weights: weights.train,
      },
      process: { instance: PROCESSING_INSTANCE },
      serve: { instance: settings.serve.instance },
      tags: props.jobTags,
    });
    const { queue } = new Undelivered(this, 'Undelivered', {
      name: `${names.stacks.training}-undelivered`,
      topic: inform,
    });
    const start = new StartTraining(this, 'StartTraining', {
      functionName: names.functions.startTraining,
      handlers: props.handlers,
      pipelineName: names.pipeline,
      modelPackageGroup: names.modelPackageGroup,
      artifactsBucket: names.artifactsBucket,
      recordsBucket: names.recordsBucket,
      stateTable: names.stateTable,
      ownerTopic: names.ownerTopic,
      keyAlias: names.keyAlias,
      serveImage: images.serve,
      definitionHash: pipeline.definitionHash,
      retrainOn: [...project.retrain.on, ...(props.calendar.retrain ? ['schedule'] : [])],
      cooldownHours: project.retrain.cooldown_hours,
      minNewRows: project.retrain.min_new_rows,
      deadLetterQueue: queue,
    });
    alarmOnErrors(this, 'StartTrainingErrors', names.functions.startTraining, start.function, inform);

    const schedule = new FunctionSchedule(this, 'Schedule', {
      name: names.functions.startTraining,
      function: start.function,
      deadLetterQueue: queue,
    });
    schedule.add('Tick', props.calendar.tick, { reason: 'tick' } satisfies StartTrainingEvent);
    if (props.calendar.retrain) {
      schedule.add('Calendar', props.calendar.retrain, { reason: 'schedule' } satisfies StartTrainingEvent);
    }
    new RetrainingRules(this, 'Rules', {
      startTraining: start.function,
      alarms: names.alarms,
      deadLetterQueue: queue,
    });
    this.followModels(props, queue, inform);

    new CfnOutput(this, 'StartTrainingFunction', { value: names.functions.startTraining });
    new CfnOutput(this, 'PipelineName', { value: names.pipeline });
    new CfnOutput(this, 'ModelApproval', { value: props.approval.model });
  }

  /** What comes of a model that passed its gate, or did not: the policy approves it, and the owner hears of it. */
  private followModels(props: ProjectStackProps, deadLetterQueue: sqs.IQueue, inform: sns.ITopic): void {
    const { names, approval, handlers } = props;
    const tell = new TellOwner(this, 'TellOwner', {
      functionName: names.functions.tellOwner,
      handlers,
      project: names.project,
      environment: names.environment,
      pipelineName: names.pipeline,
      modelPackageGroup: names.modelPackageGroup,
      releaseMachine: names.releaseMachine,
      artifactsBucket: names.artifactsBucket,
      stateTable: names.stateTable,
      ownerTopic: names.ownerTopic,
      keyAlias: names.keyAlias,
      approval: approval.model,
      deadLetterQueue,
    });
    alarmOnErrors(this, 'TellOwnerErrors', names.functions.tellOwner, tell.function, inform);
    if (approval.model !== 'auto') return;
    const approve = new ApproveModel(this, 'ApproveModel', {
      functionName: names.functions.approveModel,
      handlers,
      modelPackageGroup: names.modelPackageGroup,
      deadLetterQueue,
    });
    alarmOnErrors(this, 'ApproveModelErrors', names.functions.approveModel, approve.function, inform);
  }
}
