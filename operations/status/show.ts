import { aligned, wrap } from '../terminal/lines';
import type { Paint } from '../terminal/paint';
import type { Terminal } from '../terminal/terminal';
import { relative } from '../terminal/time';
import type { EnvironmentStatus } from './environment-status';

const HEADER = [
  'project',
  'env',
  'last merge',
  'training',
  'gate',
  'waits for',
  'in service',
  'alarms',
  'next retrain',
];

/** Nothing yet. */
const NONE = '-';

/** A line an environment, and below it what needs a sentence. */
export function showStatus(
  all: readonly EnvironmentStatus[],
  { paint, width }: Pick<Terminal, 'paint' | 'width'>,
  now: Date,
): string {
  if (all.length === 0) return 'There is no project yet: npm run new -- KIND NAME';
  const table = aligned([
    HEADER.map((title) => paint('dim', title)),
    ...all.map((one) => row(one, paint, now)),
  ]);
  const [header = '', ...lines] = table.split('\n');
  return [
    header,
    ...lines.flatMap((line, index) => {
      const one = all[index];
      return one ? [line, ...sentences(one, paint, width)] : [line];
    }),
  ].join('\n');
}

function row(one: EnvironmentStatus, paint: Paint, now: Date): string[] {
  const named = [one.project, one.environment];
  if (one.unreachable !== undefined) return [...named, paint('red', 'not known')];
  const ago = (when: Date | undefined) => (when ? ` ${relative(when, now)}` : '');
  const { merge, training, gate, waiting, inService, alarms, retrain } = one;
  const [first] = waiting;
  return [
    ...named,
    merge ? `${merge.commit.slice(0, 8)}${ago(merge.at)}` : NONE,
    training ? `${painted(training.status, paint)}${ago(training.started)}` : NONE,
    gate ? painted(gate.verdict, paint) : NONE,
    first ? paint('yellow', `${first.for}${since(first.since, now)}`) : 'nobody',
    inService
      ? `version ${inService.version}${ago(inService.since)}${inService.releasing ? ` → ${inService.releasing}` : ''}`
      : NONE,
    alarms.length > 0 ? paint('red', alarms.map(({ name }) => name).join(', ')) : 'none',
    [
      retrain.next ? relative(retrain.next, now) : 'not by calendar',
      retrain.heldBack && `${retrain.heldBack} held back`,
    ]
      .filter(Boolean)
      .join(', '),
  ];
}

const since = (when: Date | undefined, now: Date): string =>
  when ? ` since ${relative(when, now).replace(/ ago$/, '')}` : '';

function sentences(one: EnvironmentStatus, paint: Paint, width: number): string[] {
  const { unreachable, training, gate, waiting, inService, alarms, notes } = one;
  const told: Array<[string, string]> = [
    ...(unreachable === undefined ? [] : [['why', unreachable] as [string, string]]),
    ...(training?.step ? [['training', training.step] as [string, string]] : []),
    ...(gate ? [['gate', gate.sentence] as [string, string]] : []),
    ...waiting.map(({ what, for: whom, command }): [string, string] => [
      'waits',
      `${what} for ${whom}${command ? `: ${command}` : what === 'the stacks' ? ' to approve them in CodePipeline' : ''}`,
    ]),
    ...(inService && inService.endpoint !== 'InService'
      ? [['endpoint', inService.endpoint] as [string, string]]
      : []),
    ...alarms.map(({ name, description }): [string, string] => ['alarm', `${name}: ${description}`]),
    ...notes.map((note): [string, string] => ['note', note]),
  ];
  return told.flatMap(([title, text]) => {
    const [first = '', ...rest] = wrap(text, Math.max(width - INDENT, 50));
    return [
      `${' '.repeat(4)}${paint('dim', title.padEnd(INDENT - 4))}${first}`,
      ...rest.map((line) => `${' '.repeat(INDENT)}${line}`),
    ];
  });
}

const INDENT = 14;

function painted(word: string, paint: Paint): string {
  if (['failed', 'refused'].includes(word)) return paint('red', word);
  return ['succeeded', 'passed'].includes(word) ? paint('green', word) : word;
}
