import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import type { Assembly, Resource, StackTemplate } from '../assembly/assembly';

/** What happens to a resource. */
export type Impact = 'added' | 'removed' | 'kept' | 'replaced' | 'may be replaced' | 'changed';

interface ResourceChange {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly impact: Impact;
  /** Names of the properties that change. */
  readonly properties: readonly string[];
  /** What a reviewer must not miss. */
  readonly warning?: string;
}

export interface TemplateDifference {
  readonly addedStacks: readonly string[];
  readonly removedStacks: readonly string[];
  /** The dangerous ones first. */
  readonly resources: readonly ResourceChange[];
}

/** Types that hold what cannot be made again. */
const STATEFUL: ReadonlySet<string> = new Set([
  'AWS::DynamoDB::Table',
  'AWS::ECR::Repository',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SageMaker::ModelPackageGroup',
  'AWS::SNS::Topic',
]);

const IMPACTS: Readonly<Partial<Record<ResourceImpact, Impact>>> = {
  [ResourceImpact.WILL_CREATE]: 'added',
  [ResourceImpact.WILL_DESTROY]: 'removed',
  [ResourceImpact.WILL_ORPHAN]: 'kept',
  [ResourceImpact.WILL_REPLACE]: 'replaced',
  [ResourceImpact.MAY_REPLACE]: 'may be replaced',
  [ResourceImpact.WILL_UPDATE]: 'changed',
};

/** What changes between the templates of two assemblies. Changes of metadata only are none. */
export function templateDifference(before: Assembly, after: Assembly): TemplateDifference {
  const was = new Map(before.stacks.map((stack) => [stack.name, stack]));
  const is = new Map(after.stacks.map((stack) => [stack.name, stack]));
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  return {
    addedStacks: names.filter((name) => !was.has(name)),
    removedStacks: names.filter((name) => !is.has(name)),
    resources: names
      .flatMap((name) => resourceChanges(name, was.get(name), is.get(name)))
      .sort((one, other) => urgency(one) - urgency(other)),
  };
}

function resourceChanges(
  stack: string,
  before: StackTemplate | undefined,
  after: StackTemplate | undefined,
): ResourceChange[] {
  const { resources } = fullDiff(before?.template ?? {}, after?.template ?? {});
  return resources.logicalIds.flatMap((logicalId): ResourceChange[] => {
    const change = resources.get(logicalId);
    const impact = IMPACTS[change.changeImpact];
    const properties = [
      ...Object.keys(change.propertyUpdates),
      ...Object.keys(change.otherChanges).filter((name) => name !== 'Metadata'),
    ].sort();
    if (!impact || (impact === 'changed' && properties.length === 0)) return [];
    const resource = { ...(change.newValue ?? change.oldValue), Type: '' } as Resource;
    const type = change.newResourceType ?? change.oldResourceType ?? '';
    const warning = warningOf(type, impact, resource);
    return [{ stack, logicalId, type, impact, properties, ...(warning && { warning }) }];
  });
}

/** What a reviewer must know: something that cannot be made again is lost, or is left behind. */
function warningOf(type: string, impact: Impact, resource: Resource): string | undefined {
  if (!STATEFUL.has(type)) return undefined;
  if (impact === 'removed') return 'what it holds is deleted';
  if (impact === 'kept') return 'stays in the account without a stack, and goes on costing';
  if (impact !== 'replaced' && impact !== 'may be replaced') return undefined;
  const retained = resource.UpdateReplacePolicy === 'Retain' || resource.UpdateReplacePolicy === 'Snapshot';
  return retained
    ? 'an empty one takes its place; the old one stays in the account without a stack'
    : 'an empty one takes its place, and what it holds is deleted';
}

const ORDER: readonly Impact[] = ['removed', 'replaced', 'kept', 'may be replaced', 'added', 'changed'];

const urgency = ({ warning, impact }: ResourceChange): number =>
  (warning ? 0 : ORDER.length) + ORDER.indexOf(impact);
