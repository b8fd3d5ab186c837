import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface HandlerFunctionProps {
  /** Name of the function; its role has the same. */
  readonly functionName: string;

  /** What it does, for whoever finds it in the console. */
  readonly description: string;

  /** Folder of the built handlers, one folder each. */
  readonly handlers: string;

  /** Folder of this handler below `handlers`: the one it has in `lambda/`. */
  readonly handler: string;

  /** Every variable of the function's contract. */
  readonly environment: Readonly<Record<string, string>>;

  /** @default - half a minute */
  readonly timeout?: Duration;

  /** @default - 512 MiB */
  readonly memorySize?: number;

  /**
   * Where events go that failed after Lambda's own two retries.
   *
   * @default - nowhere: the caller waits for the answer and sees the error itself
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

/**
 * A function made from a handler that was built beforehand, with a role and a log group of its own.
 *
 * Its role may write its own logs and nothing else; the construct around it adds what the handler calls.
 */
export class HandlerFunction extends Construct {
  public readonly function: lambda.Function;
  public readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);

    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${props.functionName}`,
      retention: logs.RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // No source condition in the trust policy: Lambda documents none for the role of a function.
    this.role = new iam.Role(this, 'Role', {
      roleName: props.functionName,
      description: `Role of the function ${props.functionName}`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(this.role);

    this.function = new lambda.Function(this, 'Resource', {
      functionName: props.functionName,
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(join(props.handlers, props.handler)),
      environment: { ...props.environment },
      timeout: props.timeout ?? Duration.seconds(30),
      memorySize: props.memorySize ?? 512,
      role: this.role,
      logGroup,
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
    });
  }
}
