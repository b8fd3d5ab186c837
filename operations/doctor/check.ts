import { missingPermission, statusOf } from './denial';
import { type Finding, type Observation, skipped, warning } from './finding';
import type { Subject } from './subject';

/** Looks at one thing. It may throw: the others go on. */
export interface Check<On = Subject> {
  /** A word or two, for machines and for what could not be looked at. */
  readonly name: string;
  /** The permission it cannot do without, for services that do not say which one was missing. */
  readonly permission: string;
  readonly look: (on: On) => Promise<readonly Observation[]> | readonly Observation[];
}

/** Makes a check and says what it saw, or why it could see nothing. */
export async function observe<On>(
  check: Check<On>,
  on: On,
  environment: string,
  caller = 'you',
): Promise<Finding[]> {
  const stamp = (seen: Observation): Finding => ({ ...seen, environment, check: check.name });
  try {
    return (await check.look(on)).map(stamp);
  } catch (error) {
    const permission = missingPermission(error, check.permission);
    if (permission) {
      return [
        stamp(
          skipped(
            `${check.name}: not looked at, because ${caller} may not ${permission}`,
            `allow ${permission} to whoever runs doctor, or run it with other credentials`,
          ),
        ),
      ];
    }
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const status = statusOf(error);
    const reason = `${message.split('\n')[0] || name}${status ? ` (HTTP ${status})` : ''}`;
    return [
      stamp(warning(`${check.name}: not looked at: ${reason}`, 'run doctor again, or look in the console')),
    ];
  }
}
