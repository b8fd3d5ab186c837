import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OtherLearner, withOtherLearner } from '../../../bin/commands/rehearsed-learner';
import { type Config, loadConfig } from '../../../lib/config/load';
import { learnerSettings } from '../../../lib/config/settings';
import { parseCsv } from '../../../operations/scaffold/new/csv';
import { TEMPLATES, temporaryProjects } from '../../fixtures/project';

const projects = temporaryProjects();
const directory = mkdtempSync(join(tmpdir(), 'mlops-rehearsed-'));
const config = loadConfig({ projects: projects.folder, templates: TEMPLATES });
afterAll(() => {
  projects.remove();
  rmSync(directory, { recursive: true, force: true });
});

const only = ({ platform, projects: [project] }: Config) => {
  if (!project) throw new Error('no project');
  return { platform, project };
};

const made: OtherLearner[] = [];
afterAll(() => {
  for (const { remove } of made) remove();
});

function other(learner: string, { platform, project } = only(config)): OtherLearner {
  const places = { projects: projects.folder, directory };
  const copy = withOtherLearner({ platform, project }, 'dev', learner, places);
  made.push(copy);
  return copy;
}

test('the copy trains the learner that is asked for, and is told of the cheaper one without having to beat it', () => {
  const copy = other('embedding');

  const { project } = only(loadConfig({ projects: copy.projects, templates: TEMPLATES }));
  expect(learnerSettings(project, 'dev')).toMatchObject({
    learner: 'embedding',
    cheaper: 'linear',
    base_model: { name: Object.keys(project.baseModels)[0] },
    gate: { cheaper: 'told', macro_f1: { topic: 0.3, urgency: 0.3, language: 0.3 }, calibration_error: 0.3 },
  });
  expect(project.environments.prod).toEqual(only(config).project.environments.prod);
  expect(copy.notes.map(({ what }) => what)).toEqual(['bounds of the gate', 'gate.champion', 'gate.cheaper']);
  expect(copy.notes[0]?.why).toContain(
    'topic 0.85, urgency 0.8, language 0.95 and a calibration error of 0.05 are for linear',
  );
});

test('a learner that needs a GPU gets a machine with one, on spare capacity, so that it keeps checkpoints', () => {
  const copy = other('transformer');

  const { project } = only(loadConfig({ projects: copy.projects, templates: TEMPLATES }));
  expect(project.environments.dev?.train).toMatchObject({ instance: 'ml.g5.2xlarge', spot: true });
  expect(copy.notes.map(({ what }) => what)).toEqual([
    'bounds of the gate',
    'gate.champion',
    'gate.cheaper',
    'a GPU (ml.g5.2xlarge)',
    'all rows of sample/',
  ]);
});

test('on a CPU a learner of GPUs learns from a part of the sample that shows every class', () => {
  const copy = other('transformer');
  const topics = (folder: string) =>
    parseCsv(readFileSync(join(folder, 'mail/sample/emails.csv'), 'utf8')).map(([, , topic]) => topic);

  const few = topics(copy.projects);
  const all = topics(projects.folder);
  expect(few.length).toBeLessThanOrEqual(1_201);
  expect(new Set(few)).toEqual(new Set(all));
  expect(copy.notes.at(-1)?.why).toContain(`learns from ${few.length - 1} of ${all.length - 1}`);
  expect(topics(other('embedding').projects)).toEqual(all);
});

test('guard rails decide which machine that is', () => {
  const { platform, project } = only(config);
  const within = (...instances: string[]) => ({
    project,
    platform: { ...platform, guardrails: { ...platform.guardrails, instances } },
  });

  const copy = other('transformer', within('ml.m5.*', 'ml.g6.*'));
  const made = only(loadConfig({ projects: copy.projects, templates: TEMPLATES })).project;
  expect(made.environments.dev?.train.instance).toBe('ml.g6.2xlarge');
  expect(() => other('transformer', within('ml.m5.*'))).toThrow(
    'guardrails of platform.yaml allow no machine with a GPU for a training · allowed: ml.m5.* · add one, such as ml.g5.2xlarge',
  );
});

test('a learner there is not is named with those there are, and nothing is copied', () => {
  expect(() => other('transfomer')).toThrow(
    '--learner transfomer: the kind email-classification has no such learner · allowed: linear, embedding, transformer',
  );
});

test('the copy is gone at the end', () => {
  const copy = other('embedding');
  copy.remove();

  expect(existsSync(copy.projects)).toBe(false);
});
