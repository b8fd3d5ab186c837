import { type Placeholder, placeholdersIn } from '../../../lib/config/placeholders';
import type { Platform } from '../../../lib/config/platform';
import type { Terminal } from '../../terminal/terminal';
import type { Initialised } from './init';

/** What init answers: what it did, and what comes next. */
export interface InitAnswer extends Initialised {
  /** What is still to be put in, such as a connection that is not made yet. */
  readonly placeholders: readonly Placeholder[];
  /** Commands, in the order in which they are run. */
  readonly next: ReadonlyArray<{ readonly command: string; readonly note: string }>;
}

export function initAnswer(done: Initialised, { delivery, environments }: Platform): InitAnswer {
  const trust = new Set(
    [delivery, ...Object.values(environments)].map(({ account, region }) => `${account}/${region}`),
  );
  return {
    ...done,
    placeholders: placeholdersIn(done.file),
    next: [
      {
        command: 'npm run doctor',
        note: `looks at ${[...trust].join(', ')} and names what is missing, with the command for it`,
      },
      { command: 'npm run rehearse', note: 'plays the example on this machine; needs no account' },
      {
        command: 'npm run new -- KIND NAME',
        note: 'makes a project of a kind in templates/, and says how it is delivered',
      },
    ],
  };
}

export function renderInit(
  { file, followed, problems, placeholders, next }: InitAnswer,
  { paint }: Terminal,
): string {
  return [
    `${file} is written.`,
    ...followed.map((name) => `${name} runs in its environments now.`),
    ...placeholders.map(({ line, value }) => `${paint('yellow', 'to be put in')}  ${file}:${line}  ${value}`),
    ...problems.map(
      ({ file: where, line, key, message }) =>
        `${paint('yellow', 'to be fixed')}   ${where}:${line} ${key}: ${message}`,
    ),
    '',
    'Next:',
    ...next.flatMap(({ command, note }) => [`  ${paint('dim', `# ${note}`)}`, `  ${paint('cyan', command)}`]),
  ].join('\n');
}
