import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Belongings } from '../../rehearsal/processes/belongings';
import { playStep } from '../train/step';
import type { Champion } from '../train/train';

/** How fast and how large a trained model is, on one thread of this machine. */
export interface Speed {
  readonly load_seconds: number;
  /** In batches of up to a thousand. */
  readonly rows_per_second: number;
  /** Milliseconds for one row, the median and what 95 of 100 stay below. */
  readonly p50_ms: number;
  readonly p95_ms: number;
  /** Files of the model without its code. */
  readonly megabytes: number;
}

/**
 * Asks a model some hundred times, through the code that is packed with it.
 *
 * @param rows folder with rows.jsonl
 * @param folder gets the result
 */
export async function measureSpeed(
  { model, python }: Champion,
  rows: string,
  folder: string,
  belongings: Belongings,
): Promise<Speed> {
  mkdirSync(folder, { recursive: true });
  const result = join(folder, 'speed.json');
  const script = resolve(__dirname, 'speed.py');
  await playStep(
    { name: 'measure', python, script, args: [model, rows, result], base: folder },
    belongings,
    () => undefined,
  );
  return JSON.parse(readFileSync(result, 'utf8'));
}
