import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda/record-metrics/contract';
import { alarm } from './alarm';

export interface ModelAlarmsProps {
  readonly project: string;
  readonly environment: string;
  readonly endpointName: string;
  readonly metricNamespace: string;

  /** Names of the alarms; rules elsewhere listen to the first two. */
  readonly names: { readonly drift: string; readonly quality: string; readonly heartbeat: string };

  /** Seconds between two runs of the monitor. */
  readonly every: number;

  /** Who hears that the model has become worse. */
  readonly owner: sns.ITopic;

  /** Who hears that nobody is watching it. */
  readonly inform: sns.ITopic;
}

/** Scores are relative to what the gate allowed: above 1 is worse than that. */
const AS_GOOD_AS_AT_THE_GATE = 1;

/** Runs that may fail before somebody is told. */
const MISSED_RUNS = 3;

/**
 * Says when the model in service has drifted or become worse, and when the monitor has fallen silent.
 *
 * Drift and quality also retrain the model, by rules of the training stack.
 */
export class ModelAlarms extends Construct {
  public readonly drift: cloudwatch.Alarm;
  public readonly quality: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: ModelAlarmsProps) {
    super(scope, id);
    this.drift = alarm(this, 'Drift', {
      alarmName: props.names.drift,
      description: `What ${props.endpointName} is asked differs from what it was trained on: see the monitor's report`,
      runbook: 'drift',
      metric: metric(props, METRICS.drift, 'Maximum'),
      above: AS_GOOD_AS_AT_THE_GATE,
      topic: props.owner,
    });
    this.quality = alarm(this, 'Quality', {
      alarmName: props.names.quality,
      description: `Corrections say that ${props.endpointName} is worse than at the gate: see the monitor's report`,
      runbook: 'quality',
      metric: metric(props, METRICS.quality, 'Maximum'),
      above: AS_GOOD_AS_AT_THE_GATE,
      topic: props.owner,
    });
    alarm(this, 'Heartbeat', {
      alarmName: props.names.heartbeat,
      description: `${props.endpointName} answers and nobody monitors it: look at the start-monitoring function's log`,
      runbook: 'heartbeat',
      metric: unwatched(props),
      above: 0,
      periods: MISSED_RUNS,
      topic: props.inform,
    });
  }
}

/**
 * 1 for a period in which the model answered and the monitor did not run.
 *
 * Silence alone would ring from the deployment to the first release. A model that answers nobody has nothing to be
 * monitored; so the endpoint's own invocations say when the heartbeat counts.
 */
function unwatched(props: ModelAlarmsProps): cloudwatch.MathExpression {
  const period = Duration.seconds(props.every);
  return new cloudwatch.MathExpression({
    label: 'Answers without a monitor',
    expression: 'IF(answers > 0 AND FILL(runs, 0) < 1, 1, 0)',
    usingMetrics: {
      answers: new cloudwatch.Metric({
        namespace: 'AWS/SageMaker',
        metricName: 'Invocations',
        dimensionsMap: { EndpointName: props.endpointName, VariantName: 'AllTraffic' },
        statistic: 'Sum',
        period,
      }),
      runs: metric(props, METRICS.heartbeat, 'Sum'),
    },
    period,
  });
}

function metric(props: ModelAlarmsProps, metricName: string, statistic: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: props.metricNamespace,
    metricName,
    dimensionsMap: { Project: props.project, Environment: props.environment },
    statistic,
    period: Duration.seconds(props.every),
  });
}
