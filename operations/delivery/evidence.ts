import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { readAssembly } from '../assembly/assembly';
import { type Evidence, evidenceOf, warningsOf } from '../evidence/evidence';
import { type MetricChange, metricChanges } from '../evidence/metrics';
import { factsOf } from '../evidence/summary';
import type { Delivery } from './delivery';
import { deployedStacks } from './deployed';
import type { DeliveredEnvironment } from './environment';
import { type EvaluationClients, newestEvaluation } from './evaluations';

export interface EvidenceClients {
  readonly cloudformation: Pick<CloudFormationClient, 'send'>;

  /** Of the environment that somebody is to approve for. */
  readonly here: EvaluationClients;
}

/** The environment that the commit came through already. */
export interface Before {
  readonly environment: DeliveredEnvironment;
  readonly clients: EvaluationClients;
}

/**
 * What whoever approves should know: the differences of what is deployed in the environment and what the commit makes of
 * it, their cost and permissions, and how the model did in the environment before.
 */
export async function gatherEvidence(
  delivery: Delivery,
  environment: DeliveredEnvironment,
  clients: EvidenceClients,
  before: Before | undefined,
): Promise<Evidence> {
  const { platform, project, run, assembly, say } = delivery;
  say(
    `${project.name} for ${environment.name}: commit ${run.commit}${run.author ? ` by ${run.author}` : ''}`,
  );
  const stacks = readAssembly(assembly).stacks.filter(
    (stack) => stack.project === project.name && stack.environment === environment.name,
  );
  const [deployed, compared] = await Promise.all([
    deployedStacks(clients.cloudformation, stacks),
    metrics(delivery, environment, clients.here, before),
  ]);
  return evidenceOf({
    before: deployed,
    after: { stacks },
    budget: platform.guardrails.monthly_budget_usd,
    metrics: compared.changes,
    notes: [
      ...(deployed.stacks.length === 0 ? [`${project.name} is not deployed in ${environment.name} yet`] : []),
      ...compared.notes,
    ],
  });
}

/** Characters of the summary; CodePipeline takes 1,000 beside an approval, and the commit and its author want some. */
const SUMMARY_LENGTH = 600;

/** The evidence in one line, for the question whether somebody approves; commit and author stand there already. */
export function approvalSummary(evidence: Evidence): string {
  const warnings = warningsOf(evidence).length;
  return [
    ...factsOf(evidence),
    ...evidence.notes,
    ...(warnings > 0 ? [`${warnings} warnings: read the log of this evidence`] : []),
  ]
    .join(' · ')
    .slice(0, SUMMARY_LENGTH);
}

/** The newest model here against the newest in the environment before. They learned from other data, and that is said. */
async function metrics(
  { project }: Delivery,
  here: DeliveredEnvironment,
  clients: EvaluationClients,
  before: Before | undefined,
): Promise<{ readonly changes: readonly MetricChange[]; readonly notes: readonly string[] }> {
  if (!before) return { changes: [], notes: [] };
  const [old, fresh] = await Promise.all([
    newestEvaluation(clients, here.names),
    newestEvaluation(before.clients, before.environment.names),
  ]);
  const from = before.environment.name;
  if (!fresh) return { changes: [], notes: [`no training has ended well in ${from} yet`] };
  return {
    changes: metricChanges(old ?? {}, fresh, project.name),
    notes: [
      old
        ? `Metrics: ${here.name} before and ${from} after, each on its own data`
        : `Metrics: those of ${from}, since no training has ended well in ${here.name} yet`,
      `The gate in ${from}: ${fresh.gate.sentence}`,
    ],
  };
}
