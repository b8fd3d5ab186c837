import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../terminal/refusal';

export interface SynthesisOptions {
  /** Folder of the repository whose app runs. */
  readonly root: string;
  /** Folder of platform.yaml and the projects, absolute. */
  readonly projects: string;
  /**
   * Name of the one project to synthesize, beside the platforms.
   *
   * @default - every project
   */
  readonly project?: string | undefined;
  /** Folder that the assembly is written to. */
  readonly outdir: string;
  /** The environment that the app runs in. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Synthesizes by the CDK app of a checkout: offline, without credentials, without CloudFormation's rules, which `npm run synth`
 * has looked at.
 *
 * @throws Refusal with what the app said
 */
export async function synthesize({ root, projects, project, outdir, env }: SynthesisOptions): Promise<void> {
  const child = spawn(process.execPath, ['bin/run.cjs'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ projects, ...(project && { project }) }),
      CDK_VALIDATION: 'false',
    },
  });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) {
    throw new Refusal(`${projects}: cannot be synthesized\n${Buffer.concat(said).toString().trim()}`);
  }
}

/** Gives `work` an empty folder that is gone afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
