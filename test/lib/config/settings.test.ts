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
    learners: ['linear', 'embedding', 'transformer'],
    cheaper: null,
    base_model: null,
    tune: 0,
    fields: project.fields,
    targets: project.targets,
    gate: {
      macro_f1: { topic: 0.85, urgency: 0.8, language: 0.95 },
      champion: 'not_worse',
      cheaper: 'better',
      calibration_error: 0.05,
    },
    abstain: { topic: 0.95, urgency: 0.95, language: 0.95 },
    monitor: { window: 500 },
    seed: 17,
    test_share: 0.15,
  });
});

test('a learner that starts from weights is told which by their hash, and which learner it must beat', () => {
  const { dev } = project.environments;
  if (!dev) throw new Error('the template runs in dev');
  const [first, ...others] = Object.values(project.baseModels);
  const told = (over: object) =>
    learnerSettings({ ...project, environments: { dev: { ...dev, learner: 'embedding', ...over } } }, 'dev');

  expect(told({})).toMatchObject({
    cheaper: 'linear',
    base_model: { name: first?.name, hash: first?.hash },
  });
  expect(told({ base_model: others.at(-1)?.name ?? first?.name }).base_model?.name).toBe(
    others.at(-1)?.name ?? first?.name,
  );
});

test('a target without a bound of its own abstains by the default, and 0 never does', () => {
  const some = { ...project, abstain: { accuracy: { topic: 0.99, urgency: 0 } } };

  expect(learnerSettings(some, 'dev').abstain).toEqual({ topic: 0.99, urgency: 0, language: 0.95 });
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
