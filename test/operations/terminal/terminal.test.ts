import { EXIT, helpEnd } from '../../../operations/terminal/exit-codes';
import { aligned, wrap } from '../../../operations/terminal/lines';
import { paintFor } from '../../../operations/terminal/paint';
import { framedTable } from '../../../operations/terminal/table';
import { answer, terminalOf } from '../../../operations/terminal/terminal';
import { duration, relative } from '../../../operations/terminal/time';

const RED = '\u001b[31m';

describe('colours', () => {
  test('are for a terminal', () => {
    expect(paintFor({ isTTY: true }, {})('red', 'no')).toContain(RED);
    expect(paintFor({}, {})('red', 'no')).toBe('no');
  });

  test('stay away where NO_COLOR is set to anything, and come where it is empty', () => {
    expect(paintFor({ isTTY: true }, { NO_COLOR: '0' })('red', 'no')).toBe('no');
    expect(paintFor({ isTTY: true }, { NO_COLOR: '' })('red', 'no')).toContain(RED);
  });

  test('take no columns', () => {
    const rows = [
      [`${RED}ab\u001b[39m`, 'x'],
      ['abcd', 'y'],
    ];
    expect(aligned(rows)).toBe(`${RED}ab\u001b[39m    x\nabcd  y`);
  });
});

describe('lines', () => {
  test('text is broken at spaces, and no line is wider than asked', () => {
    const lines = wrap('the gate refused because macro_f1 of topic is below its bound', 20);
    expect(lines.every((line) => line.length <= 20)).toBe(true);
    expect(lines.join(' ')).toBe('the gate refused because macro_f1 of topic is below its bound');
  });

  test('a word longer than the column is cut into pieces that lose nothing', () => {
    expect(wrap('arn:aws:sagemaker:eu-west-1', 10).join('')).toBe('arn:aws:sagemaker:eu-west-1');
  });

  test('columns begin below each other and no line ends in spaces', () => {
    expect(
      aligned(
        [
          ['a', 'long', ''],
          ['bcd', 'e'],
        ],
        2,
      ),
    ).toBe('  a    long\n  bcd  e');
  });

  test('a long cell of a table goes on in the next line of its row', () => {
    const lines = framedTable(['a', 'b'], [['one two', 'x']], [4, 4]).split('\n');
    expect(lines).toEqual([
      '┌──────┬───┐',
      '│ a    │ b │',
      '├──────┼───┤',
      '│ one  │ x │',
      '│ two  │   │',
      '└──────┴───┘',
    ]);
  });
});

describe('times', () => {
  test.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_000, '59 min'],
    [3_600_000, '1 h'],
    [47 * 3_600_000, '47 h'],
    [48 * 3_600_000, '2 d'],
    [-5, '0 s'],
  ])('%i ms are %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  test('are said from now on, in both directions', () => {
    const now = new Date('2026-03-01T12:00:00Z');
    expect(relative(new Date('2026-03-01T09:00:00Z'), now)).toBe('3 h ago');
    expect(relative(new Date('2026-03-01T12:30:00Z'), now)).toBe('in 30 min');
    expect(relative(now, now)).toBe('now');
  });
});

describe('a terminal', () => {
  const streams = () => {
    const written = { stdout: '', stderr: '' };
    const stream = (name: 'stdout' | 'stderr') => ({
      write: (text: string) => {
        written[name] += text;
      },
    });
    const terminal = terminalOf({ stdout: stream('stdout'), stderr: stream('stderr'), stdin: {}, env: {} });
    return { written, terminal };
  };

  test('answers on standard output and talks on standard error', () => {
    const { written, terminal } = streams();
    terminal.say('looking');
    answer(terminal, false, { a: 1 }, ({ a }) => `a is ${a}`);
    expect(written).toEqual({ stdout: 'a is 1\n', stderr: 'looking\n' });
  });

  test('answers a machine in JSON', () => {
    const { written, terminal } = streams();
    answer(terminal, true, { a: 1 }, () => 'for people');
    expect(JSON.parse(written.stdout)).toEqual({ a: 1 });
  });

  test('asks nobody where nobody sits', () => {
    expect(streams().terminal.interactive).toBe(false);
  });
});

test('the help of a command ends with lines to copy and the meaning of its exit codes', () => {
  const end = helpEnd(['npm run status'], { done: 'answered', cannot: 'no such project' });
  expect(end).toBe('\nExamples:\n  npm run status\n\nExit codes:\n  0  answered\n  2  no such project');
  expect(EXIT).toEqual({ done: 0, failed: 1, cannot: 2 });
});
