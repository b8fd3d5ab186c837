import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Kind } from '../../../lib/config/kind';
import { STAMP_FILE, type Stamp } from '../../../lib/config/stamp';
import { Refusal } from '../../terminal/refusal';
import { followEnvironments } from '../environments';
import { filesBelow, sha256 } from '../files';
import { replaceValues } from '../yaml-text';
import { type Columns, type FilledColumn, fillColumns, type WantedColumns } from './columns';
import { formatCsv, parseCsv } from './csv';
import { KIND_FILE } from './kinds';

/** The one placeholder of a template. */
const NAME = '{{name}}';

/** What of a template's project.yaml names columns. */
const templateSchema = z.object({
  fields: z.array(z.string()),
  targets: z.array(z.string()),
  gate: z.object({ macro_f1: z.record(z.string(), z.number()) }),
});

/** The files of a new project, by path, and its columns. */
export interface Contents {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly columns: Columns;
}

/**
 * What a new project consists of: its template with the name filled in, its columns and environments followed, and the
 * stamp of what it was made from.
 *
 * @param environments names of platform.yaml, in the order of delivery
 * @throws Refusal for columns that cannot be
 */
export function contentsOf(
  kind: Kind,
  name: string,
  wanted: WantedColumns,
  environments: readonly string[],
): Contents {
  const files = new Map(
    filesBelow(kind.folder)
      .filter((path) => path !== KIND_FILE)
      .map((path): [string, Buffer] => [path, named(readFileSync(join(kind.folder, path)), name)]),
  );
  const project = textOf(files, 'project.yaml', kind);
  const template = templateSchema.parse(parse(project));
  if ((wanted.fields || wanted.targets) && !kind.sample) {
    throw new Refusal(`kind ${kind.name} has the columns it has · leave --fields and --targets out`);
  }
  const columns = fillColumns(template, wanted);
  const followed = wanted.fields || wanted.targets ? withColumns(project, columns, template) : project;
  files.set('project.yaml', Buffer.from(followEnvironments(followed, environments)));
  if (kind.sample && followed !== project) {
    const { file, columns: keptIn } = kind.sample;
    const all = [...columns.fields, ...columns.targets];
    files.set(file, Buffer.from(sampleOf(textOf(files, file, kind), all)));
    if (keptIn) files.set(keptIn, Buffer.from(columnsJson(all)));
  }
  const ordered = new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  ordered.set(STAMP_FILE, Buffer.from(stampOf(kind, name, ordered)));
  return { files: ordered, columns };
}

/** A binary file is left as it is: replacing would make it text. */
function named(content: Buffer, name: string): Buffer {
  return content.includes(NAME) ? Buffer.from(content.toString('utf8').replaceAll(NAME, name)) : content;
}

function textOf(files: ReadonlyMap<string, Buffer>, path: string, kind: Kind): string {
  const content = files.get(path);
  if (!content) throw new Error(`${join(kind.folder, path)} is missing in the template`);
  return content.toString('utf8');
}

/** Each target gets the bound of the column that fills it: the sample reaches that one. */
function withColumns(yaml: string, columns: Columns, template: z.output<typeof templateSchema>): string {
  const bounds = columns.targets.map(
    ({ name, parts: [part = ''] }) => `${name}: ${template.gate.macro_f1[part]}`,
  );
  const list = (of: readonly FilledColumn[]) => `[${of.map(({ name }) => name).join(', ')}]`;
  return replaceValues(yaml, [
    { path: ['fields'], text: list(columns.fields) },
    { path: ['targets'], text: list(columns.targets) },
    { path: ['gate', 'macro_f1'], text: `{ ${bounds.join(', ')} }` },
  ]);
}

/** The rows of the sample under their new columns; several parts stand in one cell, a space between them. */
function sampleOf(csv: string, columns: readonly FilledColumn[]): string {
  const [header = [], ...rows] = parseCsv(csv);
  const taken = columns.map(({ parts }) => parts.map((part) => header.indexOf(part)));
  return formatCsv([
    columns.map(({ name }) => name),
    ...rows.map((cells) => taken.map((indexes) => indexes.map((index) => cells[index] ?? '').join(' '))),
  ]);
}

const columnsJson = (columns: readonly FilledColumn[]): string => {
  const lines = columns.map(
    ({ name, parts }) =>
      `  ${JSON.stringify(name)}: [${parts.map((part) => JSON.stringify(part)).join(', ')}]`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
};

function stampOf(kind: Kind, name: string, files: ReadonlyMap<string, Buffer>): string {
  const hashes = Object.fromEntries([...files].map(([path, content]) => [path, sha256(content)]));
  const stamp: Stamp = { kind: kind.name, version: kind.version, project: name, files: hashes };
  return `${JSON.stringify(stamp, null, 2)}\n`;
}
