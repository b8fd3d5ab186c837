/** `evaluation.json` as `evaluate.py` writes it, as far as people are told of it. */
export interface Evaluation {
  readonly gate: { readonly passed: boolean; readonly sentence: string };
  /** Rows held out that decided. */
  readonly rows: number;
  /** By target. */
  readonly metrics: Readonly<
    Record<
      string,
      { readonly accuracy: number; readonly macro_f1: number; readonly calibration_error: number }
    >
  >;
}

/** Key of an execution's evaluation in the artifacts bucket. */
export const evaluationKey = (executionId: string): string =>
  `runs/${executionId}/evaluation/evaluation.json`;

/**
 * The metrics as lines of plain text, a target a line with its figures below each other: for mails and terminals.
 *
 * @returns nothing for an evaluation without metrics; a target without figures is left out, since the file is a project's
 */
export function metricsLines({ rows, metrics }: Evaluation): string[] {
  const targets = Object.entries(metrics ?? {}).filter(([, { macro_f1 }]) => typeof macro_f1 === 'number');
  if (targets.length === 0) return [];
  const name = Math.max(...targets.map(([target]) => target.length));
  return [
    `On ${rows} rows held out:`,
    ...targets.map(
      ([target, { accuracy, macro_f1, calibration_error }]) =>
        `  ${target.padEnd(name)}  accuracy ${accuracy.toFixed(4)}  macro F1 ${macro_f1.toFixed(4)}  calibration error ${calibration_error.toFixed(3)}`,
    ),
  ];
}
