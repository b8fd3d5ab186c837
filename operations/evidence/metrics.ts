import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { recordOf } from '../assembly/text';
import { Refusal } from '../terminal/refusal';

/** What is compared of each target. */
const COMPARED = ['macro_f1', 'accuracy', 'calibration_error'] as const;

/** One metric of one target, on the rows held out. */
export interface MetricChange {
  /** Whose model it is, where there are several. */
  readonly project?: string;
  readonly target: string;
  readonly metric: string;
  /** Undefined where there was no such metric. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/**
 * Metrics of two evaluations: each is an `evaluation.json` of a training, or the report of `npm run rehearse -- --json`.
 */
export function metricChanges(before: unknown, after: unknown, project?: string): MetricChange[] {
  const was = recordOf(recordOf(before).metrics);
  const is = recordOf(recordOf(after).metrics);
  return [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((target) =>
    COMPARED.map((metric) => ({
      ...(project && { project }),
      target,
      metric,
      before: numberIn(was[target], metric),
      after: numberIn(is[target], metric),
    })).filter((change) => change.before !== undefined || change.after !== undefined),
  );
}

function numberIn(target: unknown, metric: string): number | undefined {
  const value = recordOf(target)[metric];
  return typeof value === 'number' ? value : undefined;
}

/**
 * Reads what `--metrics` names: two reports, before and after; or a folder with `<project>.base.json` and
 * `<project>.head.json`, either of which may be missing, as may the folder.
 *
 * @throws Refusal when it is neither
 */
export function readMetrics(paths: readonly string[]): MetricChange[] {
  const [first = '', second] = paths;
  if (paths.length === 2 && second) return metricChanges(report(first), report(second));
  // Where no rehearsal ran, nobody made the folder.
  if (paths.length === 1 && !existsSync(first) && !first.endsWith('.json')) return [];
  if (paths.length === 1 && existsSync(first) && statSync(first).isDirectory()) {
    const projects = readdirSync(first, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.head.json'))
      .map((name) => name.slice(0, -'.head.json'.length))
      .sort();
    return projects.flatMap((project) =>
      metricChanges(
        existsSync(join(first, `${project}.base.json`)) ? report(join(first, `${project}.base.json`)) : {},
        report(join(first, `${project}.head.json`)),
        project.split('/').at(-1),
      ),
    );
  }
  throw new Refusal(
    `--metrics: given ${paths.join(' ')} · allowed: two reports, before and after; or a folder of <project>.base.json and <project>.head.json`,
  );
}

function report(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Refusal(
      `${path}: is no report (${error instanceof Error ? error.message : error}) · write one with: npm run rehearse -- --json ${path}`,
    );
  }
}
