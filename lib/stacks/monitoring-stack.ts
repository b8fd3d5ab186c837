import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { PROCESSING_INSTANCE } from '../../pipelines/processing-instance';
import { arnsOf } from '../constructs/arns';
import { alarmOnErrors } from '../constructs/function-errors';
import { FunctionSchedule } from '../constructs/function-schedule';
import { ModelAlarms } from '../constructs/model-alarms';
import { MonitorRole } from '../constructs/monitor-role';
import { RecordMetrics } from '../constructs/record-metrics';
import { StartMonitoring } from '../constructs/start-monitoring';
import { Undelivered } from '../constructs/undelivered';
import { alertsOf, networkOf } from './platform-references';
import type { ProjectStackProps } from './project-stack-props';

/** What looks at the answers of a project's model, turns what it sees into metrics, and says when it is bad. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: ProjectStackProps) {
    super(scope, id, props);
    const { names, calendar } = props;
    const inform = alertsOf(this, props.platform).inform();
    const network = networkOf(this, props.platform);

    const { queue } = new Undelivered(this, 'Undelivered', {
      name: `${names.stacks.monitoring}-undelivered`,
      topic: inform,
    });
    const monitor = new MonitorRole(this, 'MonitorRole', {
      roleName: names.roles.monitor,
      artifactsBucket: names.artifactsBucket,
      recordsBucket: names.recordsBucket,
      repositoryArn: props.repositoryArn,
      keyAlias: names.keyAlias,
      network,
    });
    const shared = {
      handlers: props.handlers,
      project: names.project,
      environment: names.environment,
      jobPrefix: names.monitorJobs,
      stateTable: names.stateTable,
      artifactsBucket: names.artifactsBucket,
      keyAlias: names.keyAlias,
      metricNamespace: names.metricNamespace,
      deadLetterQueue: queue,
    };
    const start = new StartMonitoring(this, 'StartMonitoring', {
      ...shared,
      functionName: names.functions.startMonitoring,
      endpointName: names.endpoint,
      modelPackageGroup: names.modelPackageGroup,
      recordsBucket: names.recordsBucket,
      jobRoleArn: monitor.role.roleArn,
      instance: PROCESSING_INSTANCE,
      network,
      tags: props.jobTags,
    });
    const record = new RecordMetrics(this, 'RecordMetrics', {
      ...shared,
      functionName: names.functions.recordMetrics,
      ownerTopic: names.ownerTopic,
    });
    alarmOnErrors(this, 'StartMonitoringErrors', names.functions.startMonitoring, start.function, inform);
    alarmOnErrors(this, 'RecordMetricsErrors', names.functions.recordMetrics, record.function, inform);

    const schedule = new FunctionSchedule(this, 'Schedule', {
      name: names.functions.startMonitoring,
      function: start.function,
      deadLetterQueue: queue,
    });
    // The time the schedule meant is the same in a repeated delivery, which then names the same job.
    schedule.add('Look', calendar.monitor.expression, { time: '<aws.scheduler.scheduled-time>' });
    new ModelAlarms(this, 'Alarms', {
      project: names.project,
      environment: names.environment,
      endpointName: names.endpoint,
      metricNamespace: names.metricNamespace,
      names: names.alarms,
      every: calendar.monitor.seconds,
      owner: sns.Topic.fromTopicArn(this, 'Owner', arnsOf(this).topic(names.ownerTopic)),
      inform,
    });

    new CfnOutput(this, 'StartMonitoringFunction', { value: names.functions.startMonitoring });
    new CfnOutput(this, 'RecordMetricsFunction', { value: names.functions.recordMetrics });
    new CfnOutput(this, 'DriftAlarm', { value: names.alarms.drift });
  }
}
