import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { loadConfig } from '../../../lib/config/load';
import { addDelivery } from '../../../lib/delivery/add-delivery';
import { context } from '../../fixtures/organisation';
import { TEMPLATES, temporaryProjects } from '../../fixtures/project';

const folder = mkdtempSync(join(tmpdir(), 'mlops-smoke-'));
mkdirSync(join(folder, 'report-failure'));
writeFileSync(join(folder, 'report-failure/index.js'), 'exports.handler = async () => {};\n');
const files = temporaryProjects();
const { platform, projects } = loadConfig({ projects: files.folder, templates: TEMPLATES });
afterAll(() => {
  rmSync(folder, { recursive: true });
  files.remove();
});

/** Delivery of a project of a kind with two learners, the cheaper one first. */
function deliveryWith(dev: string, prod: string): Template {
  const [project] = projects;
  if (!project) throw new Error('no project');
  const learner = { train: 'linear', serve: 'linear', accelerator: 'cpu' as const, weights: false };
  const environment = (name: string, chosen: string) => {
    const settings = project.environments[name];
    if (!settings) throw new Error(`no ${name}`);
    return { [name]: { ...settings, learner: chosen } };
  };
  const stack: Stack = addDelivery(
    new App({ context, outdir: join(folder, `${dev}-${prod}`) }),
    platform,
    {
      ...project,
      kind: { ...project.kind, learners: { cheap: learner, costly: learner } },
      environments: { ...environment('dev', dev), ...environment('prod', prod) },
    },
    { handlers: folder },
  );
  return Template.fromStack(stack);
}

interface Stage {
  readonly Name: string;
  readonly Actions: readonly { readonly Name: string; readonly RunOrder: number }[];
}

const actionsOf = (template: Template, stage: string) =>
  Object.values(template.findResources('AWS::CodePipeline::Pipeline'))
    .flatMap(({ Properties }) => Properties.Stages as Stage[])
    .find(({ Name }) => Name === stage)
    ?.Actions.map(({ Name, RunOrder }) => [Name, RunOrder]);

test('dev tries prod’s learner after its own training, when that costs more', () => {
  const template = deliveryWith('cheap', 'costly');

  expect(actionsOf(template, 'Dev')).toEqual([
    ['Deploy', 1],
    ['Train', 2],
    ['Smoke', 3],
  ]);
  expect(actionsOf(template, 'Prod')).toEqual([
    ['Deploy', 1],
    ['Train', 2],
  ]);
  template.hasResourceProperties('AWS::CodeBuild::Project', { Name: 'mail-delivery-smoke-dev' });
});

test.each([
  ['cheap', 'cheap'],
  ['costly', 'cheap'],
])('dev with %s before prod with %s tries nothing', (dev, prod) => {
  expect(actionsOf(deliveryWith(dev, prod), 'Dev')).toEqual([
    ['Deploy', 1],
    ['Train', 2],
  ]);
});
