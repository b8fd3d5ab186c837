import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { jsonSchemas, SCHEMA_FOLDER } from '../../lib/config/json-schema';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';

/** Writes the JSON Schemas of platform.yaml and project.yaml, which editors complete them with. */
export function schemasCommand(exit: (code: number) => void): Command {
  return new Command('schemas')
    .summary('write the JSON Schemas of platform.yaml and project.yaml')
    .description(
      `Write the JSON Schemas that editors complete platform.yaml and project.yaml with, to ${SCHEMA_FOLDER}/.`,
    )
    .option('--check', 'write nothing, and fail where a committed schema is not what would be written')
    .addHelpText(
      'after',
      helpEnd(['npm run schemas', 'npm run schemas -- --check'], {
        done: 'they are up to date',
        failed: 'one is stale (--check)',
        cannot: 'it was asked for something unknown',
      }),
    )
    .action(({ check }: { check?: boolean }) => {
      const stale = Object.entries(jsonSchemas())
        .map(([name, schema]) => ({ file: join(SCHEMA_FOLDER, name), schema }))
        .filter(({ file, schema }) => !isDeepStrictEqual(read(file), JSON.parse(JSON.stringify(schema))));
      if (check) {
        for (const { file } of stale) {
          process.stderr.write(`${file}: is not what lib/config says · write it: npm run schemas\n`);
        }
        exit(stale.length === 0 ? EXIT.done : EXIT.failed);
        return;
      }
      mkdirSync(SCHEMA_FOLDER, { recursive: true });
      for (const { file, schema } of stale) write(file, schema);
      process.stdout.write(
        stale.length === 0 ? 'up to date\n' : `${stale.map(({ file }) => file).join('\n')}\n`,
      );
    });
}

const read = (file: string): unknown =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;

/** Formatted as `npm run check` wants every file. */
function write(file: string, schema: object): void {
  writeFileSync(file, JSON.stringify(schema, null, 2));
  const formatter = require.resolve('@biomejs/biome/bin/biome');
  execFileSync(process.execPath, [formatter, 'format', '--write', file], { stdio: 'ignore' });
}
