import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { CODEOWNERS, codeownersOf } from '../../operations/evidence/codeowners';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { TEMPLATES } from './bundle';

/** Writes who reviews what, from the owners of platform and projects. */
export function codeownersCommand(exit: (code: number) => void): Command {
  return new Command('codeowners')
    .summary('write .github/CODEOWNERS from the owners of platform and projects')
    .description(
      `Write ${CODEOWNERS}: the owner of a project reviews its folder, the owner of the platform the rest.`,
    )
    .option('--check', 'write nothing, and fail where the committed file is not what would be written')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(['npm run codeowners', 'npm run codeowners -- --check'], {
        done: 'it is up to date',
        failed: 'it is stale (--check)',
        cannot: 'the configuration has a mistake',
      }),
    )
    .action(({ check, projects }: { check?: boolean; projects: string }) => {
      const text = codeownersOf(loadConfig({ projects, templates: TEMPLATES }));
      const fresh = existsSync(CODEOWNERS) && readFileSync(CODEOWNERS, 'utf8') === text;
      if (!fresh && check) {
        process.stderr.write(`${CODEOWNERS}: is not what ${projects}/ says · write it: npm run codeowners\n`);
        exit(EXIT.failed);
        return;
      }
      if (!fresh) {
        mkdirSync(dirname(CODEOWNERS), { recursive: true });
        writeFileSync(CODEOWNERS, text);
      }
      process.stdout.write(fresh ? 'up to date\n' : `${CODEOWNERS}\n`);
    });
}
