/** What `differences.py` found; shares are from 0 to 1, intervals hold 95 %. */
export interface Differences {
  /** Held-out rows that both answered. */
  readonly rows: number;
  readonly targets: Readonly<Record<string, TargetDifference>>;
  /** Targets that only one of the two answers. */
  readonly left_out: readonly string[];
  /** Rows and targets that one got right and the other wrong. */
  readonly flipped: number;
  /** Some of them: half lost, half gained, those first of which the wrong one was surest. */
  readonly flips: readonly Flip[];
}

type Interval = readonly [number, number];

export interface Measured {
  readonly accuracy: number;
  readonly accuracy_interval: Interval;
  readonly macro_f1: number;
  readonly macro_f1_interval: Interval;
  readonly calibration_error: number;
  readonly coverage: number;
  readonly selective_accuracy: number | null;
}

interface TargetDifference {
  readonly rows: number;
  readonly this: Measured;
  readonly against: Measured;
  readonly paired: {
    /** Macro F1 of this minus that of the other. */
    readonly difference: number;
    readonly interval: Interval;
    readonly only_this: number;
    readonly only_against: number;
    readonly mcnemar_p: number;
    /** The difference that so many rows tell from chance eight times in ten. */
    readonly detectable: number;
  };
  readonly classes: { readonly better: readonly ChangedClass[]; readonly worse: readonly ChangedClass[] };
}

export interface ChangedClass {
  readonly class: string;
  readonly rows: number;
  readonly gained: number;
  readonly lost: number;
  readonly p: number;
}

export interface Flip {
  readonly target: string;
  readonly truth: string;
  readonly this: string;
  readonly this_confidence: number;
  readonly against: string;
  readonly against_confidence: number;
  /** Whether this one is right, and the other is not. */
  readonly better: boolean;
  /** The fields in one line, cut. */
  readonly text: string;
}
