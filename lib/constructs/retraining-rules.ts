import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StartTrainingEvent } from '../../lambda/start-training/contract';
import { allowKey } from './key-access';
import { allow, servicePrincipal } from './permissions';

export interface RetrainingRulesProps {
  readonly pipelineName: string;
  readonly startTraining: lambda.IFunction;

  /** Names of the alarms that ask for a retraining. */
  readonly alarms: { readonly drift: string; readonly quality: string };

  /** Who hears of executions that failed. */
  readonly owner: sns.ITopic;

  /** Alias of the key of the owner's topic. */
  readonly keyAlias: string;
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * What training listens to: the model's alarms start one, and an execution that failed is told to the owner.
 *
 * The rules fire whenever an alarm begins to ring; whether it is time to train is the start function's decision.
 */
export class RetrainingRules extends Construct {
  constructor(scope: Construct, id: string, props: RetrainingRulesProps) {
    super(scope, id);
    this.startOn('Drift', 'drift', props);
    this.startOn('Quality', 'quality', props);
    this.tellOfFailures(props);
  }

  private startOn(id: string, reason: 'drift' | 'quality', props: RetrainingRulesProps): void {
    const event = { reason } satisfies StartTrainingEvent;
    new events.Rule(this, id, {
      description: `The alarm ${props.alarms[reason]} began to ring`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: [props.alarms[reason]], state: { value: ['ALARM'] } },
      },
      targets: [
        new targets.LambdaFunction(props.startTraining, {
          event: events.RuleTargetInput.fromObject(event),
          deadLetterQueue: props.deadLetterQueue,
          retryAttempts: 3,
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
  }

  private tellOfFailures(props: RetrainingRulesProps): void {
    const { pipelineName, owner, deadLetterQueue } = props;
    const pipelineArn = Stack.of(this).formatArn({
      service: 'sagemaker',
      resource: 'pipeline',
      resourceName: pipelineName,
    });
    const execution = events.EventField.fromPath('$.detail.pipelineExecutionArn');
    new events.Rule(this, 'Failed', {
      description: `An execution of ${pipelineName} failed, or its gate refused`,
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Model Building Pipeline Execution Status Change'],
        detail: { pipelineArn: [pipelineArn], currentPipelineExecutionStatus: ['Failed'] },
      },
      targets: [
        new targets.SnsTopic(owner, {
          message: events.RuleTargetInput.fromText(
            `Training of ${pipelineName} ended without a model: ${execution}. Its steps say why (list-pipeline-execution-steps).`,
          ),
          deadLetterQueue,
          role: this.publisher(props),
        }),
      ],
    });
  }

  /** A role, since EventBridge keeps to no condition in the policy of a topic: it could not be told from others'. */
  private publisher({ owner, keyAlias }: RetrainingRulesProps): iam.Role {
    const role = new iam.Role(this, 'Publisher', {
      description: 'Lets the rule for failed executions write to the owner',
      assumedBy: servicePrincipal('events.amazonaws.com', Stack.of(this).account),
    });
    allow(role, { actions: ['sns:Publish'], resources: [owner.topicArn] });
    allowKey(role, keyAlias);
    return role;
  }
}
