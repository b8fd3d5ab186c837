import { CfnOutput, Stack } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarm } from '../constructs/alarm';
import { EndpointAlarms } from '../constructs/endpoint-alarms';
import { alarmOnErrors } from '../constructs/function-errors';
import { InvokeModel } from '../constructs/invoke-model';
import { ListTargets } from '../constructs/list-targets';
import { ModelRole } from '../constructs/model-role';
import { PredictionApi } from '../constructs/prediction-api';
import { RecordFeedback } from '../constructs/record-feedback';
import { ReleaseMachine } from '../constructs/release-machine';
import { ReleaseModel } from '../constructs/release-model';
import { Undelivered } from '../constructs/undelivered';
import { alertsOf, networkOf } from './platform-references';
import type { ProjectStackProps } from './project-stack-props';

/** Minutes in a row with failed replies before somebody is woken. */
const FAILING_MINUTES = 3;

/** What releases a project's models, and the API that callers ask. The endpoint itself is the release machine's. */
export class ServingStack extends Stack {
  constructor(scope: Construct, id: string, props: ProjectStackProps) {
    super(scope, id, props);
    const alerts = alertsOf(this, props.platform);
    const page = alerts.page();
    const inform = alerts.inform();

    const machine = this.release(props, inform);
    const api = this.serve(props, inform);

    alarm(this, 'ApiFailures', {
      alarmName: `${props.names.prefix}-api-5xx`,
      description: `Callers of ${props.names.prefix} get failures: see /aws/lambda/${props.names.functions.invokeModel}`,
      runbook: 'api-failures',
      metric: api.metricServerErrors(),
      above: 0,
      periods: FAILING_MINUTES,
      topic: page,
    });
    alarm(this, 'ReleaseFailures', {
      alarmName: `${props.names.releaseMachine}-failures`,
      description: `A release of ${props.names.prefix} did not succeed; the previous version goes on: see the execution`,
      runbook: 'release-failures',
      metric: machine.metricFailures(),
      above: 0,
      // The owner is told by name and reason (tell-owner); this is for whoever watches all projects.
      topic: inform,
    });

    new CfnOutput(this, 'ApiUrl', { value: api.restApi.urlForPath('/v1/predictions') });
    new CfnOutput(this, 'ApiId', { value: api.restApi.restApiId });
    new CfnOutput(this, 'ReleaseStateMachineArn', { value: machine.stateMachine.stateMachineArn });
    new CfnOutput(this, 'EndpointName', { value: props.names.endpoint });
  }

  private release(props: ProjectStackProps, inform: sns.ITopic): ReleaseMachine {
    const { names, project, settings } = props;
    const { serve } = settings;
    const network = networkOf(this, props.platform);
    const guards = [names.alarms.endpointErrors, names.alarms.endpointLatency];
    new EndpointAlarms(this, 'EndpointAlarms', {
      endpointName: names.endpoint,
      names: names.alarms,
      topic: inform,
    });
    const model = new ModelRole(this, 'ModelRole', {
      roleName: names.roles.model,
      endpointName: names.endpoint,
      artifactsBucket: names.artifactsBucket,
      recordsBucket: names.recordsBucket,
      repositoryArn: props.repositoryArn,
      keyAlias: names.keyAlias,
      alarms: guards,
      network,
    });
    const releaseModel = new ReleaseModel(this, 'ReleaseModel', {
      functionName: names.functions.releaseModel,
      handlers: props.handlers,
      endpointName: names.endpoint,
      modelPackageGroup: names.modelPackageGroup,
      stateMachineName: names.releaseMachine,
      stateTable: names.stateTable,
      ownerTopic: names.ownerTopic,
      artifactsBucket: names.artifactsBucket,
      recordsBucket: names.recordsBucket,
      keyAlias: names.keyAlias,
      modelRoleArn: model.role.roleArn,
      instance: serve.instance,
      instances: serve.instances,
      requestsPerSecond: rateOf(project),
      release: serve.release,
      bakeMinutes: serve.bake_minutes,
      alarms: guards,
      approval: props.approval.model,
      network,
      fields: project.fields,
      targets: project.targets,
      tags: props.jobTags,
    });
    alarmOnErrors(this, 'ReleaseModelErrors', names.functions.releaseModel, releaseModel.function, inform);
    return new ReleaseMachine(this, 'ReleaseMachine', {
      stateMachineName: names.releaseMachine,
      modelPackageGroup: names.modelPackageGroup,
      releaseModel: releaseModel.function,
      deadLetterQueue: new Undelivered(this, 'Undelivered', {
        name: `${names.stacks.serving}-undelivered`,
        topic: inform,
      }).queue,
    });
  }

  private serve(props: ProjectStackProps, inform: sns.ITopic): PredictionApi {
    const { names, project } = props;
    const invokeModel = new InvokeModel(this, 'InvokeModel', {
      functionName: names.functions.invokeModel,
      handlers: props.handlers,
      endpointName: names.endpoint,
      stateTable: names.stateTable,
      inferencesTable: names.inferencesTable,
      keyAlias: names.keyAlias,
      fields: project.fields,
      targets: project.targets,
      keepDays: project.monitor.keep_days,
    });
    const recordFeedback = new RecordFeedback(this, 'RecordFeedback', {
      functionName: names.functions.recordFeedback,
      handlers: props.handlers,
      inferencesTable: names.inferencesTable,
      recordsBucket: names.recordsBucket,
      keyAlias: names.keyAlias,
      targets: project.targets,
    });
    alarmOnErrors(this, 'InvokeModelErrors', names.functions.invokeModel, invokeModel.function, inform);
    alarmOnErrors(
      this,
      'RecordFeedbackErrors',
      names.functions.recordFeedback,
      recordFeedback.function,
      inform,
    );
    const listTargets = new ListTargets(this, 'ListTargets', {
      functionName: names.functions.listTargets,
      handlers: props.handlers,
      stateTable: names.stateTable,
      keyAlias: names.keyAlias,
    });
    alarmOnErrors(this, 'ListTargetsErrors', names.functions.listTargets, listTargets.function, inform);
    return new PredictionApi(this, 'Api', {
      apiName: names.prefix,
      invokeModel: invokeModel.function,
      recordFeedback: recordFeedback.function,
      listTargets: listTargets.function,
      consumers: Object.values(project.api.consumers).map(({ principal }) => principal),
      requestsPerSecond: rateOf(project),
    });
  }
}

/** Requests a second where nobody is declared: callers of the account itself, far above a mail room's traffic. */
const UNDECLARED_RATE = 50;

/** What all declared consumers together may ask for in a second. */
function rateOf({ api }: ProjectStackProps['project']): number {
  const rates = Object.values(api.consumers).map(({ requests_per_second }) => requests_per_second);
  return rates.length > 0 ? rates.reduce((sum, rate) => sum + rate, 0) : UNDECLARED_RATE;
}
