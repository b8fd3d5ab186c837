import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricChanges, readMetrics } from '../../../operations/evidence/metrics';

const folder = mkdtempSync(join(tmpdir(), 'mlops-metrics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const report = (macro_f1: number) => ({
  metrics: { topic: { accuracy: 0.9, macro_f1, macro_f1_interval: [0.8, 0.95], calibration_error: 0.04 } },
});
const write = (name: string, value: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(value));
  return join(folder, name);
};

test('the same metrics of both evaluations are put side by side', () => {
  expect(metricChanges(report(0.8), report(0.9))).toEqual([
    { target: 'topic', metric: 'macro_f1', before: 0.8, after: 0.9 },
    { target: 'topic', metric: 'accuracy', before: 0.9, after: 0.9 },
    { target: 'topic', metric: 'calibration_error', before: 0.04, after: 0.04 },
  ]);
});

test('a target that is new has nothing before', () => {
  const [first] = metricChanges({}, report(0.9));
  expect(first).toEqual({ target: 'topic', metric: 'macro_f1', before: undefined, after: 0.9 });
});

test('two reports are read, or a folder of them with the names of projects', () => {
  const base = write('mail.base.json', report(0.8));
  const head = write('mail.head.json', report(0.9));
  write('new.head.json', report(0.7));

  expect(readMetrics([base, head])[0]).toEqual({
    target: 'topic',
    metric: 'macro_f1',
    before: 0.8,
    after: 0.9,
  });
  expect(readMetrics([folder]).filter(({ metric }) => metric === 'macro_f1')).toEqual([
    { project: 'mail', target: 'topic', metric: 'macro_f1', before: 0.8, after: 0.9 },
    { project: 'new', target: 'topic', metric: 'macro_f1', before: undefined, after: 0.7 },
  ]);
});

test('where nothing was rehearsed there are no metrics', () => {
  expect(readMetrics([join(folder, 'nothing')])).toEqual([]);
});

test('one report, or one that is none, is refused with what to do', () => {
  const head = write('head.json', report(0.9));
  writeFileSync(join(folder, 'broken.txt'), '{');
  expect(() => readMetrics([head])).toThrow('allowed: two reports, before and after');
  expect(() => readMetrics([head, join(folder, 'broken.txt')])).toThrow(/is no report .* npm run rehearse/);
});
