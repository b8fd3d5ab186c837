import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestOrganisation, testOrganisation } from '../fixtures/organisation';
import { ROOT } from './pages';

const pages = readdirSync(join(ROOT, 'docs/runbooks')).filter((name) => name !== 'README.md');

let organisation: TestOrganisation;
let alarms: Array<{ name: string; description: string; actions: unknown[] }>;
beforeAll(() => {
  organisation = testOrganisation();
  alarms = organisation.app.synth().stacks.flatMap(({ template }) =>
    Object.values<{ Type: string; Properties: Record<string, unknown> }>(template.Resources)
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => ({
        name: String(Properties.AlarmName),
        description: String(Properties.AlarmDescription),
        actions: [Properties.AlarmActions ?? []].flat(),
      })),
  );
});
afterAll(() => organisation.remove());

test('every alarm tells somebody, and names a runbook that is there', () => {
  expect(alarms.length).toBeGreaterThan(30);
  const bad = alarms.filter(({ description, actions }) => {
    const page = description.split(' · ').at(-1) ?? '';
    return actions.length === 0 || !page.startsWith('docs/runbooks/') || !existsSync(join(ROOT, page));
  });

  expect(bad).toEqual([]);
});

test('every runbook belongs to an alarm', () => {
  const named = new Set(alarms.map(({ description }) => description.split('/').at(-1)));

  expect(pages.filter((page) => !named.has(page))).toEqual([]);
});

test.each(pages)('%s says what callers notice, what stops the harm, and how to find the cause', (page) => {
  const text = readFileSync(join(ROOT, 'docs/runbooks', page), 'utf8');

  for (const section of [
    '**Callers notice**',
    '**Stop the harm.**',
    '**Find the cause.**',
    '**It is over when**',
  ]) {
    expect(text).toContain(section);
  }
  expect(text.split('\n').length).toBeLessThan(40);
});
