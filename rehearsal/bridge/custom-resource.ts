import { retype } from './retype';

/** What CloudFormation sends to a custom resource's function, for a resource the adapter has rewritten. */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly StackId: string;
  readonly ResponseURL: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: RewrittenProperties;
  readonly OldResourceProperties?: RewrittenProperties;
}

interface RewrittenProperties {
  readonly RehearsalType: string;
  readonly RehearsalProperties?: unknown;
  readonly RehearsalTypes: string;
}

/** What CloudFormation waits for. */
export interface CustomResourceReply {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

/** The properties as the template has them, with their types. */
export const originalProperties = (rewritten: RewrittenProperties): Record<string, unknown> =>
  retype(rewritten.RehearsalProperties ?? {}, rewritten.RehearsalTypes);

/** `x-dev-training` of `arn:aws:cloudformation:…:stack/x-dev-training/<id>`. */
export const stackName = (stackId: string): string => stackId.split('/')[1] ?? stackId;
