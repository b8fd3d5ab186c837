import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarm } from './alarm';

/** Tells somebody when a function threw, or was not let run. */
export function alarmOnErrors(
  scope: Construct,
  id: string,
  name: string,
  fn: lambda.IFunction,
  topic: sns.ITopic,
): void {
  alarm(scope, id, {
    alarmName: `${name}-errors`,
    description: `The function ${name} fails: its log group /aws/lambda/${name} says why`,
    runbook: 'function-errors',
    metric: fn.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    above: 0,
    topic,
  });
}
