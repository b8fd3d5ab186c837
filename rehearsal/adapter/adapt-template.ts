import { createHash } from 'node:crypto';
import { withoutUnreadable, withSessions } from './conditions';
import { withLogGroups } from './log-groups';
import { primitives } from './primitives';
import { type Change, type ChangeKind, isRecord, type Resource, type Template } from './template';

export interface AdapterSettings {
  /** CloudFormation types the emulator creates itself. */
  readonly types: ReadonlySet<string>;
  /** ARN of the function that creates the others. */
  readonly serviceToken: string;
}

/** Seconds a custom resource has; AWS's default is an hour. */
const TIME_LIMIT = '60';
/** The SDKs ignore a longer application id. */
const LONGEST_APP_ID = 50;

/**
 * Rewrites what the emulator cannot create, and nothing else.
 *
 * @returns the template to deploy, the same object when nothing was changed, and every change
 * @throws Error for a nested stack, into whose template nothing here looks
 */
export function adaptTemplate(
  stack: string,
  template: Template,
  settings: AdapterSettings,
): { template: Template; changes: Change[] } {
  const changes: Change[] = [];
  const resources = Object.entries(template.Resources ?? {}).map(([logicalId, resource]) => {
    const adapted = adaptResource(stack, logicalId, resource, settings);
    if (!adapted) return [logicalId, resource] as const;
    for (const change of adapted.changes) changes.push({ stack, logicalId, type: resource.Type, change });
    return [logicalId, adapted.resource] as const;
  });
  if (changes.length === 0) return { template, changes };
  return { template: { ...template, Resources: Object.fromEntries(resources) }, changes };
}

/** A resource as it is deployed, and what is different. */
interface Adapted {
  readonly resource: Resource;
  readonly changes: readonly ChangeKind[];
}

function adaptResource(
  stack: string,
  logicalId: string,
  resource: Resource,
  settings: AdapterSettings,
): Adapted | undefined {
  const { Type: type, Properties: properties = {} } = resource;
  if (type === 'AWS::CloudFormation::Stack') {
    throw new Error(
      `${stack} has a nested stack (${logicalId}), which cannot be rehearsed; use a stack of its own`,
    );
  }
  if (type === 'AWS::IAM::Policy' || type === 'AWS::IAM::Role') return withReadablePolicies(resource);
  if (type === 'AWS::Lambda::Function') {
    return { resource: namingItsCaller(logicalId, resource), changes: ['names its caller'] };
  }
  if (type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource') {
    if ('ServiceTimeout' in properties) return undefined;
    return {
      resource: { ...resource, Properties: { ...properties, ServiceTimeout: TIME_LIMIT } },
      changes: ['time limit'],
    };
  }
  // The emulator creates alarms, but refuses those on metric math.
  const isMathAlarm = type === 'AWS::CloudWatch::Alarm' && 'Metrics' in properties;
  if (type.startsWith('AWS::CloudFormation::') || (settings.types.has(type) && !isMathAlarm))
    return undefined;
  return { resource: bridged(resource, settings.serviceToken), changes: ['bridged'] };
}

/** What the emulator reads in policies otherwise than AWS, each with its name. */
const POLICY_CHANGES: ReadonlyArray<
  readonly [change: ChangeKind, make: (resource: Resource) => Resource | undefined]
> = [
  ['condition not enforced', withoutUnreadable],
  ['sessions named', withSessions],
  ['log groups named', withLogGroups],
];

function withReadablePolicies(resource: Resource): Adapted | undefined {
  let adapted = resource;
  const changes: ChangeKind[] = [];
  for (const [change, make] of POLICY_CHANGES) {
    const made = make(adapted);
    if (!made) continue;
    adapted = made;
    changes.push(change);
  }
  return changes.length > 0 ? { resource: adapted, changes } : undefined;
}

function bridged(resource: Resource, serviceToken: string): Resource {
  const { Type: type, Properties: properties = {} } = resource;
  return {
    ...resource,
    Type: `Custom::Rehearsal${type.replace(/^AWS::/, '').replaceAll('::', '')}`,
    Properties: {
      ServiceToken: serviceToken,
      ServiceTimeout: TIME_LIMIT,
      RehearsalType: type,
      RehearsalProperties: properties,
      RehearsalTypes: JSON.stringify(primitives(properties)),
    },
  };
}

/** The id by which a function's calls are told apart: its name, or its logical id where CloudFormation names it. */
export function appId(logicalId: string, functionName: unknown): string {
  const name = typeof functionName === 'string' ? functionName : logicalId;
  if (name.length <= LONGEST_APP_ID) return name;
  return `${name.slice(0, LONGEST_APP_ID - 9)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

function namingItsCaller(logicalId: string, resource: Resource): Resource {
  const properties = resource.Properties ?? {};
  const environment = isRecord(properties.Environment) ? properties.Environment : {};
  const variables = isRecord(environment.Variables) ? environment.Variables : {};
  const id = appId(logicalId, properties.FunctionName);
  return {
    ...resource,
    Properties: {
      ...properties,
      Environment: { ...environment, Variables: { ...variables, AWS_SDK_UA_APP_ID: id } },
    },
  };
}
