import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { StartTrainingEvent } from '../../lambda/start-training/contract';
import { PROCESSING_INSTANCE } from '../../pipelines/processing-instance';
import { arnsOf } from '../constructs/arns';
import { alarmOnErrors } from '../constructs/function-errors';
import { FunctionSchedule } from '../constructs/function-schedule';
import { RetrainingRules } from '../constructs/retraining-rules';
import { StartTraining } from '../constructs/start-training';
import { TrainingPipeline } from '../constructs/training-pipeline';
import { Undelivered } from '../constructs/undelivered';
import { alertsOf, networkOf } from './platform-references';
import type { ProjectStackProps } from './project-stack-props';

/** The training pipeline of a project, and everything that starts it. */
export class TrainingStack extends Stack {
  constructor(scope: Construct, id: string, props: ProjectStackProps) {
    super(scope, id, props);
    const { names, project, settings, images } = props;
    const inform = alertsOf(this, props.platform).inform();
    const owner = sns.Topic.fromTopicArn(this, 'Owner', arnsOf(this).topic(names.ownerTopic));

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
      train: { instance: settings.train.instance, maxHours: settings.train.max_hours },
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
      pipelineName: names.pipeline,
      startTraining: start.function,
      alarms: names.alarms,
      owner,
      keyAlias: names.keyAlias,
      deadLetterQueue: queue,
    });

    new CfnOutput(this, 'StartTrainingFunction', { value: names.functions.startTraining });
    new CfnOutput(this, 'PipelineName', { value: names.pipeline });
  }
}
