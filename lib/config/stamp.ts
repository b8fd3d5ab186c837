import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** File of a project that says what it was made from. */
export const STAMP_FILE = '.template.json';

const stampSchema = z.object({
  kind: z.string(),
  version: z.int(),
  project: z.string().optional(),
  files: z.record(z.string(), z.string()),
});

/** What a project was made from, so that a later version of its template can be merged in. */
export interface Stamp {
  readonly kind: string;
  readonly version: number;
  /** Name that the project was made with; all that runs of it is named so. @default - not kept, by older commands */
  readonly project?: string | undefined;
  /** sha256 of each file as it was made, by path below the project. */
  readonly files: Readonly<Record<string, string>>;
}

/** The stamp of the project in a folder; undefined where there is none, or none that can be read. */
export function readStamp(folder: string): Stamp | undefined {
  const file = join(folder, STAMP_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return stampSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    // Edited by hand until it was no JSON: then nothing is known, as without it.
    return undefined;
  }
}
