import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarm } from './alarm';

export interface EndpointAlarmsProps {
  readonly endpointName: string;
  readonly names: { readonly endpointErrors: string; readonly endpointLatency: string };

  /** Who hears of it. */
  readonly topic: sns.ITopic;
}

/**
 * Share of requests that may fail. Below what a canary of one instance among twenty, the most there may be, makes when
 * it answers nothing at all; above the odd request that no model can read.
 */
const FAILING_SHARE = 0.02;

/** Microseconds, SageMaker's unit for it: a third of what the API waits. */
const SLOW = 10_000_000;

/** Minutes in a row: one bad minute is chance, and the shortest bake is five. */
const MINUTES = 2;

/**
 * Says when the model's own answers fail or are slow, on old and new instances together. They take a canary back, and
 * tell of what the API's alarm would say later.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
 */
export class EndpointAlarms extends Construct {
  constructor(scope: Construct, id: string, { endpointName, names, topic }: EndpointAlarmsProps) {
    super(scope, id);
    const metric = (metricName: string, statistic: string) =>
      new cloudwatch.Metric({
        namespace: 'AWS/SageMaker',
        metricName,
        dimensionsMap: { EndpointName: endpointName, VariantName: 'AllTraffic' },
        statistic,
        period: Duration.minutes(1),
      });
    alarm(this, 'Errors', {
      alarmName: names.endpointErrors,
      description: `More than ${FAILING_SHARE * 100} % of the requests to ${endpointName} fail: see /aws/sagemaker/Endpoints/${endpointName}`,
      runbook: 'endpoint-errors',
      metric: metric('Invocation5XXErrors', 'Average'),
      above: FAILING_SHARE,
      periods: MINUTES,
      topic,
    });
    alarm(this, 'Latency', {
      alarmName: names.endpointLatency,
      description: `The slowest answers of ${endpointName} take more than ${SLOW / 1_000_000} s: see its instances and what it is asked`,
      runbook: 'endpoint-latency',
      metric: metric('ModelLatency', 'p99'),
      above: SLOW,
      periods: MINUTES,
      topic,
    });
  }
}
