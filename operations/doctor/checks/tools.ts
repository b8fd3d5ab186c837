import type { Check } from '../check';
import { error, type Observation, ok, warning } from '../finding';
import type { Machine } from '../machine';

/** Oldest versions that work. */
const NODE = [20, 0] as const;
const PYTHON = [3, 11] as const;

/** Names under which a Python may be installed, the likeliest first. */
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];

/** The programs that this repository needs on the machine. */
export const tools: Check<Machine> = {
  name: 'tools',
  permission: 'none',
  look: async (machine) => [
    node(machine),
    await python(machine),
    await present(machine, 'git', error, 'install git: https://git-scm.com/downloads'),
    await present(
      machine,
      'aws',
      warning,
      'install the AWS CLI, which the remedies here use: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
    ),
  ],
};

type Version = readonly [number, number];

function node(machine: Machine): Observation {
  if (isAtLeast(machine.node, NODE)) return ok(`Node ${machine.node}`);
  return error(
    `Node ${machine.node} is too old: ${NODE[0]} or newer is needed`,
    `install Node ${NODE[0]}: https://nodejs.org/en/download`,
  );
}

async function python({ run }: Machine): Promise<Observation> {
  const versions: string[] = [];
  for (const name of PYTHONS) {
    const version = /Python (\d+\.\d+\S*)/.exec((await run(name, ['--version']))?.output ?? '')?.[1];
    if (!version) continue;
    if (isAtLeast(version, PYTHON)) return ok(`Python ${version} (${name})`);
    versions.push(version);
  }
  const found =
    versions.length > 0 ? `only Python ${versions.join(', ')} is here` : 'there is no Python here';
  return warning(
    `${found}: rehearsals and the tests of projects need ${PYTHON.join('.')} or newer`,
    `install Python ${PYTHON.join('.')}: https://www.python.org/downloads/`,
  );
}

async function present(
  { run }: Machine,
  program: string,
  otherwise: (what: string, fix: string) => Observation,
  fix: string,
): Promise<Observation> {
  const ran = await run(program, ['--version']);
  const version = /\d+(\.\d+)+/.exec(ran?.output ?? '')?.[0];
  if (ran?.code === 0) return ok(`${program} ${version ?? ''}`.trimEnd());
  return otherwise(`${program} is not installed`, fix);
}

function isAtLeast(version: string, [major, minor]: Version): boolean {
  const [, found = 0, then = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  return found > major || (found === major && then >= minor);
}
