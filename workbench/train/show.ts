import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { aligned, wrap } from '../../operations/terminal/lines';
import type { Terminal } from '../../operations/terminal/terminal';
import { metricsLines } from '../../pipelines/evaluation';
import type { Learning, Trained } from './train';

/** A run as `--json` gives it and as a person reads it. */
export interface TrainedAnswer {
  readonly project: string;
  readonly learner: string;
  readonly passed: boolean;
  /** The gate's sentence. */
  readonly sentence: string;
  readonly trained: Trained;
  /** Folder of the code bundle: what an IDE or a notebook puts on its path. */
  readonly code: string;
  readonly learning: Learning;
}

/** What became of a training, and where everything is. */
export function showTrained(answer: TrainedAnswer, { paint, width }: Terminal): string {
  const { evaluation, model, report, seconds } = answer.trained;
  const here = (path: string) => relative(process.cwd(), path) || '.';
  const places = [
    ['report', pathToFileURL(report).href],
    ['model', here(model)],
    ['code', `${here(answer.code)} (for PYTHONPATH)`],
    ['python', `${here(answer.learning.train)} (trains: the interpreter for an IDE or a notebook)`],
    ...(answer.learning.serve === answer.learning.train
      ? []
      : [['', `${here(answer.learning.serve)} (answers)`]]),
    [
      'took',
      Object.entries(seconds)
        .map(([step, took]) => `${step} ${took.toFixed(1)} s`)
        .join(' · '),
    ],
  ];
  const [verdict = '', ...rest] = wrap(answer.sentence, width);
  return [
    [paint(answer.passed ? 'green' : 'red', verdict), ...rest].join('\n'),
    metricsLines(evaluation).join('\n'),
    aligned(places),
  ].join('\n\n');
}
