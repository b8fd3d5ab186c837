import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { allow, servicePrincipal } from './permissions';

export interface FunctionScheduleProps {
  /** Start of the schedules' names. */
  readonly name: string;
  readonly function: lambda.IFunction;
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Calls one function at given times, each time with a fixed event.
 *
 * A function and never a universal target: the function holds the rules of when to act, and can be rehearsed.
 */
export class FunctionSchedule extends Construct {
  private readonly role: iam.Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FunctionScheduleProps,
  ) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      description: `Lets the scheduler call ${props.name}`,
      assumedBy: servicePrincipal('scheduler.amazonaws.com', Stack.of(this).account),
    });
    allow(
      this.role,
      { actions: ['lambda:InvokeFunction'], resources: [props.function.functionArn] },
      { actions: ['sqs:SendMessage'], resources: [props.deadLetterQueue.queueArn] },
    );
  }

  /** Calls the function at the times of `expression` (UTC), within a quarter of an hour, with `event`. */
  public add(id: string, expression: string, event: object): void {
    const { function: target, deadLetterQueue, name } = this.props;
    const schedule = new CfnSchedule(this, id, {
      name: `${name}-${id.toLowerCase()}`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 15 },
      target: {
        arn: target.functionArn,
        roleArn: this.role.roleArn,
        input: JSON.stringify(event),
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3_600 },
      },
    });
    schedule.node.addDependency(this.role);
  }
}
