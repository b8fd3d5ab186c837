import { Writable } from 'node:stream';
import { Progress } from '../../../rehearsal/report/progress';

test('in a log each new thing is one line, with phase and time, and the same thing is said once', () => {
  const { progress, lines } = open();
  progress.begin('train');
  progress.say('Preprocess');
  progress.say('Preprocess');
  progress.say('Train');

  expect(lines()).toEqual([
    expect.stringMatching(/s\] {2}train +Preprocess$/),
    expect.stringMatching(/train +Train$/),
  ]);
});

test('there is no colour and nothing is redrawn where no terminal is', () => {
  const { progress, text } = open();
  progress.begin('gate');
  progress.say('Gate');
  progress.end({
    name: 'gate',
    ok: false,
    seconds: 1,
    played: 'emulated',
    happened: 'failed',
    evidence: 'x',
  });
  progress.stop();

  expect(text()).toContain('✗ gate');
  expect(text()).not.toContain('\u001b');
  expect(text()).not.toContain('\r');
});

test.each([
  [true, 1],
  [false, 0],
])('with --verbose %s a detail gives %s line(s)', (verbose, count) => {
  const { progress, lines } = open(verbose);
  progress.begin('deploy');
  progress.detail('an event was delivered');

  expect(lines()).toHaveLength(count);
});

test('after closing nothing more is said', () => {
  const { progress, text } = open();
  progress.begin('monitor');
  progress.close();
  progress.line('late');

  expect(text()).toBe('');
});

function open(verbose = false) {
  let written = '';
  const stream = new Writable({
    write(chunk, _, done) {
      written += String(chunk);
      done();
    },
  });
  return {
    progress: new Progress(stream, verbose),
    text: () => written,
    lines: () => written.split('\n').filter(Boolean),
  };
}
