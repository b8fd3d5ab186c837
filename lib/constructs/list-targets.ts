import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ListTargetsEnv } from '../../lambda/list-targets/contract';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allowKey } from './key-access';
import { allow } from './permissions';

export interface ListTargetsProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly stateTable: string;
  readonly keyAlias: string;
}

/** Tells callers which classes the model in service knows. */
export class ListTargets extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: ListTargetsProps) {
    super(scope, id);
    const environment: ListTargetsEnv = { STATE_TABLE: props.stateTable };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Lists the classes that ${props.stateTable} says are in service`,
      handlers: props.handlers,
      handler: 'list-targets',
      environment: { ...environment },
      timeout: Duration.seconds(10),
    });
    this.function = handler.function;

    allow(handler.role, {
      actions: ['dynamodb:GetItem'],
      resources: [arnsOf(this).table(props.stateTable)],
    });
    allowKey(handler.role, props.keyAlias);
  }
}
