import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { shownPath } from '../../../lib/config/problems';
import { Refusal } from '../../terminal/refusal';

/**
 * Refuses to remove a folder that git could not bring back.
 *
 * @throws Refusal when something in it is not committed, or git does not know it
 */
export function refuseUncommitted(folder: string): void {
  if (!existsSync(folder)) return;
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', resolve(folder), ...words, '--', '.'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const why = ((): string | undefined => {
    try {
      if (!git('ls-files')) return 'is not in git';
      return git('status', '--porcelain') ? 'has changes that are not committed' : undefined;
    } catch {
      return 'is not in git';
    }
  })();
  if (!why) return;
  throw new Refusal(
    `${shownPath(folder)} ${why}, so that nobody could bring it back · commit it, or keep it with --keep-folder, or lose ` +
      'it with --force',
  );
}

/** @returns whether it was there */
export function removeFolder(folder: string): boolean {
  if (!existsSync(folder)) return false;
  rmSync(folder, { recursive: true });
  return true;
}
