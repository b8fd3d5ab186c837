import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** What whoever is woken can read. */
type Runbook =
  | 'api-failures'
  | 'drift'
  | 'endpoint-errors'
  | 'endpoint-latency'
  | 'function-errors'
  | 'heartbeat'
  | 'quality'
  | 'release-failures'
  | 'undelivered';

export interface AlarmProps {
  readonly alarmName: string;

  /** What happened, and the first thing to do. */
  readonly description: string;

  /** Page of `docs/runbooks/` that says how to stop the harm, without its ending. */
  readonly runbook: Runbook;

  readonly metric: cloudwatch.IMetric;

  /** The alarm rings above this value. */
  readonly above: number;

  /** Who hears of it, when it rings and when it is over. */
  readonly topic: sns.ITopic;

  /**
   * Periods in a row that must be above.
   *
   * @default 1
   */
  readonly periods?: number;
}

/** An alarm on too high a value, which treats silence as good news. */
export function alarm(scope: Construct, id: string, props: AlarmProps): cloudwatch.Alarm {
  const made = new cloudwatch.Alarm(scope, id, {
    alarmName: props.alarmName,
    alarmDescription: `${props.description} · docs/runbooks/${props.runbook}.md`,
    metric: props.metric,
    threshold: props.above,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: props.periods ?? 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  const action = new SnsAction(props.topic);
  made.addAlarmAction(action);
  made.addOkAction(action);
  return made;
}
