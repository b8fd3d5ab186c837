import { spawn } from 'node:child_process';
import type { Config } from '../../lib/config/load';

/** This machine and this checkout: what can be looked at without credentials. */
export interface Machine {
  readonly config: Config;
  /** Folder of platform.yaml and the projects. */
  readonly projects: string;
  /** Version of Node that runs this, such as v20.11.0. */
  readonly node: string;
  readonly run: Run;
}

/** Runs a program in the checkout. */
export type Run = (program: string, args: readonly string[]) => Promise<Ran>;

/** How a program ended; undefined where there is no such program. */
export type Ran = { readonly code: number; readonly output: string } | undefined;

const MOST_MS = 10_000;

/** Runs a program, waits for its end, and takes what it wrote to standard output and error. */
export const runProgram: Run = (program, args) =>
  new Promise((resolve) => {
    const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: MOST_MS });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
