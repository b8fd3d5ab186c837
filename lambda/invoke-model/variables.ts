import type { InvokeModelEnv } from './contract';

/** Every variable of the contract, for the reader of the environment. */
export const VARIABLES: ReadonlyArray<keyof InvokeModelEnv> = [
  'ENDPOINT_NAME',
  'STATE_TABLE',
  'INFERENCES_TABLE',
  'FIELDS',
  'TARGETS',
  'KEEP_DAYS',
];
