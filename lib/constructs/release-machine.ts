import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ReleaseRequest } from '../../lambda/release-model/contract';
import { acknowledgeWildcards, allow, servicePrincipal } from './permissions';
import { releaseStates } from './release-states';

export interface ReleaseMachineProps {
  readonly stateMachineName: string;
  readonly modelPackageGroup: string;

  /** Decides, one turn after the other. */
  readonly releaseModel: lambda.IFunction;

  /** Keeps approvals that could not start the machine. */
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Brings approved models into service.
 *
 *     approval in the registry → rule → state machine ⇄ release function → endpoint
 *
 * A run that was aborted or timed out is taken up by a new one; a refused one is not: it would be refused again.
 */
export class ReleaseMachine extends Construct {
  public readonly stateMachine: stepfunctions.StateMachine;

  constructor(scope: Construct, id: string, props: ReleaseMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);

    const role = new iam.Role(this, 'Role', {
      description: `Lets ${props.stateMachineName} call the release function`,
      assumedBy: servicePrincipal('states.amazonaws.com', stack.account),
    });
    allow(role, { actions: ['lambda:InvokeFunction'], resources: [props.releaseModel.functionArn] });

    this.stateMachine = new stepfunctions.StateMachine(this, 'Resource', {
      stateMachineName: props.stateMachineName,
      comment: `Releases models of ${props.modelPackageGroup}`,
      definitionBody: stepfunctions.DefinitionBody.fromString(
        stack.toJsonString(releaseStates(props.releaseModel.functionArn)),
      ),
      role,
      tracingEnabled: true,
      logs: {
        // The prefix keeps the resource policy of CloudWatch Logs from growing with every machine.
        destination: new logs.LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${props.stateMachineName}`,
          retention: logs.RetentionDays.SIX_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: stepfunctions.LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    acknowledgeWildcards(
      role,
      ['Resource::*'],
      'delivering logs and traces has no resource-level permission: CDK’s own statements for the machine’s log group and X-Ray',
    );
    this.startOnApproval(props);
    this.resumeAfterDeath(props);
  }

  /** Runs that ended without success; each has its reason in the run's error and in the owner's mail. */
  public metricFailures(): cloudwatch.IMetric {
    const options = { period: Duration.minutes(5), statistic: 'Sum' };
    return new cloudwatch.MathExpression({
      label: 'Releases without success',
      expression: 'failed + timedOut + aborted',
      usingMetrics: {
        failed: this.stateMachine.metricFailed(options),
        timedOut: this.stateMachine.metricTimedOut(options),
        aborted: this.stateMachine.metricAborted(options),
      },
      period: options.period,
    });
  }

  private startOnApproval(props: ReleaseMachineProps): void {
    const request = {
      reason: 'approval',
      packageArn: events.EventField.fromPath('$.detail.ModelPackageArn'),
    } satisfies ReleaseRequest;
    new events.Rule(this, 'Approved', {
      description: `A model of ${props.modelPackageGroup} was approved`,
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Model Package State Change'],
        detail: {
          ModelPackageGroupName: [props.modelPackageGroup],
          ModelApprovalStatus: ['Approved'],
          // Any other update of the package sends the event again, and it still says Approved.
          UpdatedModelPackageFields: ['ModelApprovalStatus'],
        },
      },
      targets: [this.target(props, request)],
    });
  }

  private resumeAfterDeath(props: ReleaseMachineProps): void {
    const request = { reason: 'resume' } satisfies ReleaseRequest;
    const stateMachineArn = Stack.of(this).formatArn({
      service: 'states',
      resource: `stateMachine:${props.stateMachineName}`,
    });
    new events.Rule(this, 'Died', {
      description: `A run of ${props.stateMachineName} ended in the middle`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['ABORTED', 'TIMED_OUT'], stateMachineArn: [stateMachineArn] },
      },
      targets: [this.target(props, request)],
    });
  }

  private target({ deadLetterQueue }: ReleaseMachineProps, request: ReleaseRequest): events.IRuleTarget {
    return new targets.SfnStateMachine(this.stateMachine, {
      input: events.RuleTargetInput.fromObject(request),
      role: this.ruleRole(),
      deadLetterQueue,
      retryAttempts: 5,
      maxEventAge: Duration.hours(2),
    });
  }

  private ruleRole(): iam.IRole {
    const existing = this.node.tryFindChild('RuleRole');
    if (existing instanceof iam.Role) return existing;
    const role = new iam.Role(this, 'RuleRole', {
      description: 'Lets rules start the release machine',
      assumedBy: servicePrincipal('events.amazonaws.com', Stack.of(this).account),
    });
    this.stateMachine.grantStartExecution(role);
    return role;
  }
}
