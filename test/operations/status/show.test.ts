import type { EnvironmentStatus } from '../../../operations/status/environment-status';
import { showStatus } from '../../../operations/status/show';

const NOW = new Date('2026-11-21T12:00:00Z');
const hours = (count: number) => new Date(NOW.getTime() - count * 3_600_000);
const plain = { paint: (_colour: string, text: string) => text, width: 100 };
const show = (...all: EnvironmentStatus[]) => showStatus(all, plain, NOW);

const FULL: EnvironmentStatus = {
  project: 'mail',
  environment: 'dev',
  merge: { commit: '0123456789abcdef', author: 'jane@example.com', at: hours(5) },
  training: { status: 'succeeded', reason: 'merge', started: hours(4), execution: 'x', step: undefined },
  gate: { verdict: 'passed', sentence: 'passed: macro_f1 of topic 0.91 reaches 0.85', version: 4 },
  waiting: [
    { what: 'the stacks', for: 'a person', since: hours(2), command: undefined },
    {
      what: 'version 4',
      for: 'a person',
      since: hours(3),
      command: 'npm run approve -- mail 4 --environment dev',
    },
  ],
  inService: { version: 3, config: 'c', since: hours(72), endpoint: 'Updating', releasing: 4 },
  alarms: [{ name: 'drift', since: hours(1), description: 'differs from the data' }],
  retrain: { next: new Date('2026-12-01T02:40:00Z'), heldBack: 'drift' },
  notes: ['mind this'],
};

test('an environment is a line, with everything that needs a sentence below it', () => {
  const [, line, ...rest] = show(FULL).split('\n');
  expect(line?.split(/ {2,}/)).toEqual([
    'mail',
    'dev',
    '01234567 5 h ago',
    'succeeded 4 h ago',
    'passed',
    'a person since 2 h',
    'version 3 3 d ago → 4',
    'drift',
    'in 9 d, drift held back',
  ]);
  expect(rest).toEqual([
    '    gate      passed: macro_f1 of topic 0.91 reaches 0.85',
    '    waits     the stacks for a person to approve them in CodePipeline',
    '    waits     version 4 for a person: npm run approve -- mail 4 --environment dev',
    '    endpoint  Updating',
    '    alarm     drift: differs from the data',
    '    note      mind this',
  ]);
});

test('what has not happened yet is a dash, and nobody is waited for', () => {
  const nothing = { project: 'mail', environment: 'prod', waiting: [], alarms: [], retrain: {}, notes: [] };
  expect(show(nothing).split('\n')[1]?.split(/ {2,}/)).toEqual([
    'mail',
    'prod',
    '-',
    '-',
    '-',
    'nobody',
    '-',
    'none',
    'not by calendar',
  ]);
});

test('an environment that cannot be reached says why, in lines no wider than the terminal', () => {
  const unreachable = 'no access to prod, account 444455556666: sign in '.repeat(5).trim();
  const text = show({ ...FULL, unreachable });
  expect(text).toContain('not known');
  expect(text).toContain('why       no access to prod');
  expect(
    Math.max(
      ...text
        .split('\n')
        .slice(2)
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(100);
});

test('columns stand below each other for all projects', () => {
  const [header, one, , , , , , , two] = show(FULL, { ...FULL, project: 'a-longer-name' }).split('\n');
  const at = header?.indexOf('env') ?? -1;
  expect([one?.slice(at, at + 3), two?.slice(at, at + 3)]).toEqual(['dev', 'dev']);
});

test('without a project it says how to make one', () => {
  expect(show()).toContain('npm run new');
});
