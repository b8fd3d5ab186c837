import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Processes of a run of the command line: those of its group, and those whose command line or environment name the run's
 * folder or its logs. (What it starts is in groups of its own and has an environment made from nothing, but the home
 * folder of each is one of the two.)
 *
 * @param pid number of the command's process, which is in the names of both folders
 * @returns number and command line of each
 */
export function runningOf(pid: number): string[] {
  const named = new RegExp(`/run-${pid}-\\w+|/logs/[^/\\s]+-${pid}(/|\\s|$)`);
  return allProcesses()
    .filter(({ id, group, text }) => id !== process.pid && (group === pid || named.test(text)))
    .map(({ id, text }) => `${id} ${text.slice(0, 200)}`);
}

interface Running {
  readonly id: number;
  readonly group: number;
  /** Command line and environment. */
  readonly text: string;
}

function allProcesses(): Running[] {
  return existsSync('/proc/self/environ') ? fromProc() : fromPs();
}

function fromProc(): Running[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [command, environment, stat] = ['cmdline', 'environ', 'stat'].map((file) =>
          readFileSync(`/proc/${name}/${file}`, 'utf8'),
        );
        // The name in brackets may hold anything; after it come state, parent and group.
        const [state, , group] = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
        // A zombie has ended; whether its parent has asked for it is the parent's affair.
        if (state === 'Z') return [];
        const text = `${command} ${environment}`.replaceAll('\0', ' ').trim();
        return [{ id: Number(name), group: Number(group), text }];
      } catch {
        // It ended while it was read, or it is another user's.
        return [];
      }
    });
}

/** Where there is no /proc, as on macOS, whose `ps -E` shows the environment as well. */
function fromPs(): Running[] {
  const lines = execFileSync('ps', ['-axww', '-E', '-o', 'pid=,pgid=,stat=,command='], { encoding: 'utf8' });
  return lines.split('\n').flatMap((line) => {
    const [, id, group, state = '', text = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return id && !state.startsWith('Z') ? [{ id: Number(id), group: Number(group), text }] : [];
  });
}
