import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StartTrainingEvent } from '../../lambda/start-training/contract';

export interface RetrainingRulesProps {
  readonly startTraining: lambda.IFunction;

  /** Names of the alarms that ask for a retraining. */
  readonly alarms: { readonly drift: string; readonly quality: string };

  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * What training listens to: the model's alarms start one.
 *
 * The rules fire whenever an alarm begins to ring; whether it is time to train is the start function's decision.
 */
export class RetrainingRules extends Construct {
  constructor(scope: Construct, id: string, props: RetrainingRulesProps) {
    super(scope, id);
    this.startOn('Drift', 'drift', props);
    this.startOn('Quality', 'quality', props);
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
}
