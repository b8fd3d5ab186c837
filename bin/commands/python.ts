import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { helpEnd } from '../../operations/terminal/exit-codes';
import { environment } from '../../rehearsal/environments/environment';
import { type Tooling, tooling } from '../../rehearsal/environments/tooling';
import { Belongings } from '../../rehearsal/processes/belongings';

/** Ignored folder of everything the rehearsal makes and keeps. */
export const REHEARSAL_FOLDER = '.rehearsal';

/** Environment of the emulator and of boto3, which the tests drive the local SageMaker with. */
export const EMULATOR = { name: 'emulator', lock: 'rehearsal/environments/emulator/requirements.lock' };

/** Environment of what checks Python and templates: pytest, ruff, mypy, cfn-lint. */
const TOOLS = { name: 'tools', lock: 'test/python/requirements.lock' };

/** Makes the Python environments that the tests use, so that a test never waits for an installation. */
export function environmentsCommand(): Command {
  return new Command('environments')
    .description('make the Python environments of emulator and tools, where they are not there yet')
    .addHelpText(
      'after',
      helpEnd(['node bin/run.cjs mlops environments'], {
        done: 'they are there',
        cannot: 'this machine lacks Python, or packages cannot be fetched',
      }),
    )
    .action(() =>
      withTooling(async (tools) => {
        const made = await Promise.all([EMULATOR, TOOLS].map((each) => environment(each, tools)));
        for (const { python, made: fresh, seconds } of made) {
          process.stderr.write(`${python}: ${fresh ? `made in ${seconds.toFixed(1)} s` : 'is there'}\n`);
        }
      }),
    );
}

/** Runs a program of the tools environment: `mlops tools pytest -q`. */
export function toolsCommand(exit: (code: number) => void): Command {
  return new Command('tools')
    .description('run a program of the Python tools environment: pytest, ruff, mypy, cfn-lint')
    .argument('<program>')
    .argument('[args...]')
    .passThroughOptions()
    .allowUnknownOption()
    .addHelpText(
      'after',
      helpEnd(['node bin/run.cjs mlops tools pytest projects/email-classification'], {
        done: 'the program ended well',
        failed: 'the program failed, or ended with the code that it gives itself',
        cannot: 'this machine lacks Python, or packages cannot be fetched',
      }),
    )
    .action(async (program: string, args: string[]) => {
      const { python } = await withTooling((tools) => environment(TOOLS, tools));
      const child = spawn(join(dirname(python), program), args, { stdio: 'inherit' });
      exit(
        await new Promise<number>((resolve, reject) => {
          child.on('error', reject);
          child.on('exit', (code) => resolve(code ?? 1));
        }),
      );
    });
}

/** Gives uv and Python to some work; what it started is gone afterwards, also after Ctrl-C. */
export async function withTooling<T>(work: (tools: Tooling) => Promise<T>): Promise<T> {
  const belongings = new Belongings();
  belongings.releaseOnSignals();
  try {
    const say = (what: string) => process.stderr.write(`${what}\n`);
    return await work(await tooling({ directory: REHEARSAL_FOLDER, env: process.env, belongings, say }));
  } finally {
    await belongings.release();
  }
}
