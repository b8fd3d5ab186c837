/** The ten phases of the loop and the synthesis before them, in the order in which they are rehearsed. */
export const PHASES = [
  'synth',
  'deploy',
  'train',
  'gate',
  'register',
  'approve',
  'release',
  'serve',
  'feedback',
  'monitor',
  'retrain',
] as const;
export type PhaseName = (typeof PHASES)[number];

/** How a phase was played: by the emulator's own services, by services of ours, or only written down. */
export type Played = 'native' | 'emulated' | 'recorded';

export interface PhaseResult {
  /** A phase of the loop, or an action of a delivery. */
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly played: Played;
  /** What happened, for a person. */
  readonly happened: string;
  /** What proves it: an id, an ARN, a metric, a reply; the reason where the phase failed. */
  readonly evidence: string;
}

/** Something in the templates or the loop that this rehearsal did not play, and why. */
export interface NotRehearsed {
  readonly what: string;
  readonly why: string;
}

/** Accuracy and macro F1 of each target on the rows held out. */
export type Metrics = Readonly<
  Record<
    string,
    {
      readonly accuracy: number;
      readonly macro_f1: number;
      readonly calibration_error: number;
    }
  >
>;

/** Lines under a title, between the table and what was not rehearsed. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What `--json` writes. */
export interface Report {
  /** What was rehearsed, for the last line. @default 'The loop' */
  readonly what?: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly phases: readonly PhaseResult[];
  readonly metrics: Metrics;
  /** How a consumer reaches the API; null when the loop ended before it was deployed. */
  readonly api: {
    readonly url: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    /** Certificate that the emulator's TLS is signed with. */
    readonly caBundle: string;
  } | null;
  readonly endpoints: {
    readonly aws: string;
    readonly sagemaker: string;
    readonly caBundle: string;
  } | null;
  /** @default - none */
  readonly sections?: readonly Section[];
  readonly notRehearsed: readonly NotRehearsed[];
}
