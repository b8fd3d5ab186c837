import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newProject } from '../../../operations/scaffold/new/new-project';
import { type NextSteps, nextStepsOf } from '../../../operations/scaffold/new/next-steps';
import { renderSteps } from '../../../operations/scaffold/new/render-steps';
import { PLATFORM_YAML, TEMPLATES } from '../../fixtures/project';

let folder: string;
let steps: NextSteps;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-steps-'));
  writeFileSync(join(folder, 'platform.yaml'), PLATFORM_YAML);
  const kind = 'email-classification';
  const { platform, project } = newProject({
    kind,
    name: 'crm-mail',
    projects: folder,
    templates: TEMPLATES,
  });
  steps = nextStepsOf(platform, project);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the examples that have to be replaced are named with file and line, the place of data among them', () => {
  const inProject = steps.edit
    .filter(({ file }) => file.endsWith('crm-mail/project.yaml'))
    .map(({ value }) => value);
  expect(inProject).toEqual(
    expect.arrayContaining(['s3://example-crm-exports/emails/', expect.stringMatching(/@example\.com$/)]),
  );
  for (const { line } of steps.edit) expect(line).toBeGreaterThan(0);
});

test('the commands are complete: rehearse, test, deploy platforms and delivery with their accounts, merge', () => {
  expect(steps.rehearse.map(({ command }) => command)).toEqual([
    'npm run rehearse -- crm-mail',
    `node bin/run.cjs mlops tools pytest ${join(folder, 'crm-mail')}`,
  ]);
  expect(steps.deploy.map(({ command, note }) => [command, /account (\d+)/.exec(note ?? '')?.[1]])).toEqual([
    ['npm run doctor', undefined],
    ['npx cdk deploy dev-platform', '111122223333'],
    ['npx cdk deploy prod-platform', '444455556666'],
    ['npx cdk deploy crm-mail-delivery', '000011112222'],
  ]);
  expect(steps.merge.at(-1)?.note).toBe(
    'then merge it to main of example/mlops: that deploys dev, then prod and trains',
  );
});

test('the owner of the data gets the policies that let delivery read them, and nothing else', () => {
  const role = 'arn:aws:iam::444455556666:role/mlops-prod-delivery';
  const allowed = { Effect: 'Allow', Principal: { AWS: role } };
  expect(steps.data).toEqual([
    {
      environment: 'prod',
      data: 's3://example-crm-exports/emails/',
      role,
      bucketPolicy: [
        {
          Sid: 'MlopsListDataCrmMailProd',
          ...allowed,
          Action: 's3:ListBucket',
          Resource: 'arn:aws:s3:::example-crm-exports',
          Condition: { StringLike: { 's3:prefix': 'emails/*' } },
        },
        {
          Sid: 'MlopsReadDataCrmMailProd',
          ...allowed,
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::example-crm-exports/emails/*',
        },
      ],
      keyPolicy: [
        {
          Sid: 'MlopsDecryptDataCrmMailProd',
          ...allowed,
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } },
        },
      ],
    },
  ]);
});

test('a person reads them in the order in which they are taken, with JSON to copy', () => {
  const shown = renderSteps(steps, { paint: (_colour, text) => text });
  const titles = shown.split('\n').filter((line) => /^\d\. /.test(line));
  expect(titles).toEqual([
    '1. Edit',
    '2. Rehearse',
    '3. Deploy what delivers',
    '4. Let the data be read',
    '5. Merge',
  ]);
  const [first = ''] = shown.match(/ {5}\[\n[\s\S]*?\n {5}\]/) ?? [];
  expect(JSON.parse(first)).toEqual(steps.data[0]?.bucketPolicy);
});
