import { join } from 'node:path';
import { Command } from 'commander';
import type { Kind } from '../../lib/config/kind';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { terminalOf } from '../../operations/terminal/terminal';
import { type Locked, lock } from '../../workbench/lock/lock';
import { loadProject } from './bundle';
import { withTooling } from './python';

interface LockOptions {
  readonly only?: string[];
  readonly upgrade?: boolean;
  readonly check?: boolean;
  readonly projects: string;
}

/** Writes the locks of a project's Python environments anew. */
export function lockCommand(exit: (code: number) => void): Command {
  return new Command('lock')
    .summary("write the locks of a project's Python environments, after a change of requirements.in")
    .description(
      "Write the locks of a project's Python environments, after a change of a requirements.in: every package with version and hashes, for all platforms, and for an environment on a base image also the lock of what comes on top. A changed lock is a new image, which delivery builds.",
    )
    .argument('[project]', 'name of a folder in projects/; may be left out where there is one')
    .option('--only <environment...>', 'only these environments of the kind')
    .option('--upgrade', 'take the newest versions that requirements.in allows')
    .option('--check', 'write nothing; exit with 1 where a lock is not what its requirements.in gives')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run lock -- email-classification',
          'npm run lock -- email-classification --only linear --upgrade',
        ],
        {
          done: 'every lock fits its requirements.in',
          failed: 'with --check: a lock does not',
          cannot: 'no versions go together, or no package index can be reached',
        },
      ),
    )
    .action(async (name: string | undefined, options: LockOptions) => {
      const terminal = terminalOf(process);
      const { kind, folder } = loadProject(options.projects, name).project;
      const chosen = environmentsOf(kind, folder, options.only);
      const changed = await withTooling(async (tools) => {
        const found: string[] = [];
        for (const environment of chosen) {
          terminal.say(`${environment.name}: resolving ${join(environment.folder, 'requirements.in')}`);
          const { upgrade = false, check = false } = options;
          for (const file of await lock(environment, { tools, upgrade, check })) {
            found.push(join(environment.folder, file));
          }
        }
        return found;
      });
      for (const file of changed)
        terminal.answer(`${file} ${options.check ? 'is not what its requirements give' : 'is written'}`);
      if (changed.length === 0) terminal.answer('every lock is as its requirements give');
      exit(options.check && changed.length > 0 ? EXIT.failed : EXIT.done);
    });
}

function environmentsOf(kind: Kind, folder: string, only: readonly string[] | undefined): Locked[] {
  const known = Object.keys(kind.environments);
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown) {
    throw new Refusal(
      `--only ${unknown}: the kind ${kind.name} has no such environment · allowed: ${known.join(', ')}`,
    );
  }
  return Object.entries(kind.environments)
    .filter(([name]) => !only || only.includes(name))
    .map(([name, { folder: below, python, base }]) => ({
      name,
      folder: join(folder, below),
      python,
      provides: base?.provides,
    }));
}
