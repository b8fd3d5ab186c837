import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Refusal } from '../../operations/terminal/refusal';

/** A Python on this machine that can make environments. */
export interface Python {
  /** Absolute path of the interpreter, behind version managers' shims. */
  readonly path: string;
  /** `3.12.1` */
  readonly version: string;
}

/** Wheels of every lock exist for these minor versions, and no others. */
const OLDEST = 11;
const NEWEST = 14;
const RANGE = `3.${OLDEST} to 3.${NEWEST}`;

const LOOK = `
import json, platform, sys
try:
    import ensurepip, venv
    venv = True
except ImportError:
    venv = False
print(json.dumps({"path": sys.executable, "version": platform.python_version(), "venv": venv}))
`;

interface Found extends Python {
  readonly venv: boolean;
}

/**
 * Finds the Python to make environments with: `python3`, or the first `python3.<minor>` that fits when that one is too
 * old or too new (macOS ships 3.9 under the plain name).
 *
 * @param env environment whose PATH is searched
 * @throws Refusal in one line when there is none, or it lacks the venv module
 */
export async function findPython(
  env: NodeJS.ProcessEnv,
  names: readonly string[] = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.14'],
): Promise<Python> {
  let unfit: Found | undefined;
  for (const name of names) {
    const found = await look(name, env);
    if (!found) continue;
    if (!fits(found.version)) {
      unfit ??= found;
      continue;
    }
    if (!found.venv) throw noVenv(found);
    return { path: found.path, version: found.version };
  }
  if (!unfit) {
    throw new Refusal(
      `python3 was not found on PATH; install Python ${RANGE} (python.org, apt, brew or pyenv)`,
    );
  }
  throw new Refusal(
    `Python ${unfit.version} (${unfit.path}) is too ${minor(unfit.version) < OLDEST ? 'old' : 'new'}: the locked packages have wheels for Python ${RANGE}; install one of them`,
  );
}

/** A sentence for the report when this machine's Python is not the one that runs in AWS. */
export function pythonDiffers(declared: string, actual: string): string | undefined {
  if (minor(declared) === minor(actual)) return undefined;
  return `Python ${actual} on this machine, ${declared} in AWS: the same locked packages, another interpreter`;
}

async function look(name: string, env: NodeJS.ProcessEnv): Promise<Found | undefined> {
  try {
    const { stdout } = await promisify(execFile)(name, ['-I', '-c', LOOK], { env });
    const found: Found = JSON.parse(stdout);
    return found;
  } catch {
    // Not installed, a shim without a version behind it, or Python 2: all the same to us.
    return undefined;
  }
}

function noVenv(python: Found): Refusal {
  const minorName = `python3.${minor(python.version)}`;
  return new Refusal(
    `Python ${python.version} (${python.path}) has no venv module; install it (Debian and Ubuntu: apt-get install ${minorName}-venv)`,
  );
}

const minor = (version: string): number => Number(version.split('.')[1]);
const fits = (version: string): boolean =>
  version.startsWith('3.') && minor(version) >= OLDEST && minor(version) <= NEWEST;
