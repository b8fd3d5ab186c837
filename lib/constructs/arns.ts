import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Literal ARNs of resources that are made elsewhere, by their names, in the account and region of a stack. */
export function arnsOf(scope: IConstruct) {
  const stack = Stack.of(scope);
  const slash = (service: string) => (resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName });
  return {
    /** `arn:aws:sagemaker:…:<resource>/<name>`. */
    sagemaker: slash('sagemaker'),
    table: (name: string) => slash('dynamodb')('table', name),
    alarm: (name: string) => stack.formatArn({ service: 'cloudwatch', resource: `alarm:${name}` }),
    topic: (name: string) => stack.formatArn({ service: 'sns', resource: name }),
    /** A run of a state machine. */
    executions: (machine: string) =>
      stack.formatArn({ service: 'states', resource: `execution:${machine}:*` }),
    role: (name: string) =>
      stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: name }),
    bucket: (name: string) => stack.formatArn({ service: 's3', region: '', account: '', resource: name }),
    /** Objects below a prefix. */
    objects: (bucket: string, prefix: string) =>
      stack.formatArn({
        service: 's3',
        region: '',
        account: '',
        resource: bucket,
        resourceName: `${prefix}*`,
      }),
  };
}
