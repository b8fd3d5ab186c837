import { scheduleOf, secondsOf } from '../../../lib/config/calendar';
import { loadConfig } from '../../../lib/config/load';
import { nearest } from '../../../lib/config/nearest';
import { learnerSettings } from '../../../lib/config/settings';
import { TEMPLATES, temporaryProjects } from '../../fixtures/project';

const projects = temporaryProjects();
const [project] = loadConfig({ projects: projects.folder, templates: TEMPLATES }).projects;
if (!project) throw new Error('the template makes a project');
afterAll(() => projects.remove());

test('the Python steps get to know the project, its columns and its gate, and nothing of machines', () => {
  expect(learnerSettings(project, 'dev')).toEqual({
    project: 'mail',
    environment: 'dev',
    kind: 'email-classification@1',
    learner: 'linear',
    fields: project.fields,
    targets: project.targets,
    gate: project.gate,
    monitor: { window: 500 },
    seed: 17,
    test_share: 0.15,
  });
});

test('fails for an environment the project does not run in', () => {
  expect(() => learnerSettings(project, 'test')).toThrow(
    'project mail does not run in test · allowed: dev, prod',
  );
});

test.each([
  ['hour', 'cron(10 * * * ? *)', 3_600],
  ['day', 'cron(20 4 * * ? *)', 86_400],
  ['month', 'cron(40 2 1 * ? *)', 2_678_400],
] as const)('every %s is a schedule', (every, expression, seconds) => {
  expect([scheduleOf(every), secondsOf(every)]).toEqual([expression, seconds]);
});

test.each([
  ['champoin', 'champion'],
  ['Data', 'data'],
  ['learners', 'learner'],
  ['colour', undefined],
])('someone who writes %s meant %s', (given, meant) => {
  expect(nearest(given, ['champion', 'data', 'learner'])).toBe(meant);
});
