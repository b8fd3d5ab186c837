import type { PhaseResult, Report } from '../../../rehearsal/report/report';
import { renderReport } from '../../../rehearsal/report/table';

test('the report shows each phase, its evidence and how it was played', () => {
  const text = renderReport(
    report([phase({ name: 'gate', evidence: 'macro_f1 0.91', played: 'emulated' })]),
    'logs',
  );

  expect(text).toMatch(/gate .*│.*macro_f1 0\.91.*│.*emulated/);
  expect(text).toContain('The loop ran in 12.0 s.');
});

test('a failed phase ends the report with the reason and the place of the logs', () => {
  const text = renderReport(
    report([phase({ ok: false, name: 'train', evidence: 'ValueError: no rows' })]),
    '/tmp/logs',
  );

  expect(text).toContain('FAILED in train after 12.0 s: ValueError: no rows');
  expect(text).toContain('Logs: /tmp/logs');
});

test('what was not rehearsed is listed with its reason', () => {
  const text = renderReport(
    {
      ...report([]),
      notRehearsed: [{ what: 'container images', why: 'there is no Docker' }],
    },
    '',
  );

  expect(text).toMatch(/NOT REHEARSED\n {2}- container images: there is no Docker/);
});

test('every row of the table is as wide as its frame', () => {
  const text = renderReport(report([phase({ evidence: 'x '.repeat(200) }), phase({ name: 'deploy' })]), '');
  const frame = text.split('\n').filter((line) => /^[┌├└│]/.test(line));

  expect(new Set(frame.map((line) => line.length)).size).toBe(1);
});

function phase(changed: Partial<PhaseResult>): PhaseResult {
  return {
    name: 'synth',
    ok: true,
    seconds: 1,
    played: 'native',
    happened: 'done',
    evidence: 'x',
    ...changed,
  };
}

function report(phases: PhaseResult[]): Report {
  return {
    ok: phases.every(({ ok }) => ok),
    seconds: 12,
    phases,
    metrics: {},
    api: null,
    endpoints: null,
    notRehearsed: [],
  };
}
