import type { Fields } from '../service-model';

/** A step as the definition's JSON holds it, after it was validated. */
export interface Step {
  readonly Name: string;
  readonly Type: string;
  readonly Arguments: Fields;
  readonly DisplayName?: string;
  readonly Description?: string;
  readonly DependsOn?: readonly string[];
  readonly PropertyFiles?: ReadonlyArray<{
    readonly PropertyFileName: string;
    readonly OutputName: string;
    readonly FilePath: string;
  }>;
  readonly RetryPolicies?: readonly RetryPolicy[];
}

export interface RetryPolicy {
  readonly ExceptionType: readonly string[] | string;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly ExpireAfterMin?: number;
}

export interface Parameter {
  readonly Name: string;
  readonly Type: 'String' | 'Integer' | 'Float' | 'Boolean';
  readonly DefaultValue?: string | number | boolean;
  readonly EnumValues?: ReadonlyArray<string | number>;
}

export interface Definition {
  readonly Version: string;
  readonly Parameters?: readonly Parameter[];
  readonly PipelineExperimentConfig?: Fields | null;
  readonly Steps: readonly Step[];
}

/** A step and what it waits for. */
export interface Node {
  readonly step: Step;
  /** The branch of a Condition that it stands in. */
  readonly branch: { readonly condition: string; readonly outcome: boolean } | undefined;
  readonly waitsFor: ReadonlySet<string>;
}

/** All steps with their dependencies: what they refer to, DependsOn, and the Condition around them. */
export function graph(definition: Definition): Map<string, Node> {
  const nodes = new Map<string, Node>();
  const add = (step: Step, branch: Node['branch']) => {
    const { IfSteps, ElseSteps, ...own } = step.Arguments;
    const isCondition = step.Type === 'Condition';
    const waitsFor = new Set([
      ...stepsIn(isCondition ? own : step.Arguments),
      ...(step.DependsOn ?? []),
      ...(branch ? [branch.condition] : []),
    ]);
    nodes.set(step.Name, { step, branch, waitsFor });
    if (!isCondition) return;
    for (const inner of (IfSteps ?? []) as Step[]) add(inner, { condition: step.Name, outcome: true });
    for (const inner of (ElseSteps ?? []) as Step[]) add(inner, { condition: step.Name, outcome: false });
  };
  for (const step of definition.Steps) add(step, undefined);
  return nodes;
}

/** Names of the steps that a value refers to. */
function stepsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const path = (value as Fields).Get;
  if (typeof path === 'string') return path.startsWith('Steps.') ? [path.split('.')[1] ?? ''] : [];
  return Object.values(value).flatMap(stepsIn);
}
