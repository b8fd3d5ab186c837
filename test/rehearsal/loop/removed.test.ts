import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelPackagesCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker';
import { approve } from '../../../rehearsal/phases/approve';
import { gate } from '../../../rehearsal/phases/gate';
import { register } from '../../../rehearsal/phases/register';
import { release } from '../../../rehearsal/phases/release';
import { train } from '../../../rehearsal/phases/train';
import { Belongings } from '../../../rehearsal/processes/belongings';
import type { Stage } from '../../../rehearsal/stage';
import { PLATFORM_YAML, temporaryProjects } from '../../fixtures/project';
import { mlops, ROOT } from './command';
import { openedStage } from './opened-stage';

jest.setTimeout(90_000);
const projects = temporaryProjects();
const belongings = new Belongings();
let stage: Stage;
let run: string;
let surroundings: NodeJS.ProcessEnv;

/** One account for everything, with version 1 in service in dev. */
beforeAll(async () => {
  const oneAccount = PLATFORM_YAML.replaceAll('000011112222', '111122223333').replace(/^ {2}prod:.*\n/m, '');
  projects.write('platform.yaml', oneAccount);
  const yaml = join(projects.project, 'project.yaml');
  projects.write('mail/project.yaml', readFileSync(yaml, 'utf8').replace(/^ {2}prod:\n(?: {4}.*\n)+/m, ''));
  const opened = await openedStage(projects.folder, belongings);
  ({ stage } = opened);
  const { execution } = await train(stage);
  await gate(stage, execution);
  const { packageArn, version } = await register(stage, execution);
  await approve(stage, packageArn);
  await release(stage, version);
  run = dirname(dirname(opened.endpoints.caBundle));
  surroundings = opened.personIn();
}, 180_000);

afterAll(async () => {
  await belongings.release();
  projects.remove();
});

const remove = (...args: string[]) =>
  mlops(['remove', 'mail', ...args, '--projects', projects.folder], surroundings).ended;

/** Deploys the storage stack again, as it was, by the stock CLI; not in this process's way, which plays SageMaker. */
function deployStorage(): Promise<{ failed: boolean; said: string }> {
  const cdk = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
  const poll = join(ROOT, 'rehearsal/deployment/poll-quickly.cjs');
  const what = ['deploy', '--exclusively', 'mail-dev-storage', '--app', join(run, 'adapted')];
  const manner = ['--method', 'direct', '--require-approval', 'never', '--no-notices', '--no-color', '--ci'];
  const NODE_OPTIONS = `--require ${JSON.stringify(poll)}`;
  const env = { PATH: process.env.PATH, HOME: run, ...surroundings, NODE_OPTIONS };
  return new Promise((done) => {
    execFile(process.execPath, [cdk, ...what, ...manner], { cwd: run, env }, (error, out, err) =>
      done({ failed: error !== null, said: `${out}${err}` }),
    );
  });
}

async function modelsLeft(): Promise<number[]> {
  const { sagemaker } = stage.aws;
  const [endpoints, configs, models, packages] = await Promise.all([
    sagemaker.send(new ListEndpointsCommand({})),
    sagemaker.send(new ListEndpointConfigsCommand({})),
    sagemaker.send(new ListModelsCommand({})),
    sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName: 'mail-dev' })),
  ]);
  return [endpoints.Endpoints, configs.EndpointConfigs, models.Models, packages.ModelPackageSummaryList].map(
    (all) => all?.length ?? 0,
  );
}

test('without a confirmation nothing changes, and what would go, stay and cost is said', async () => {
  const { code, out, err } = await remove('--force');
  expect(code).toBe(2);
  expect(err).toContain('nothing has changed · to do it: --yes');
  expect(out).toMatch(/dev {2}mail-dev {2}1 × ml\.m5\.large {2}\d+\.\d\d USD a month/);
  expect(out).toMatch(/dev +111122223333 +stack mail-dev-serving/);
  expect(await modelsLeft()).toEqual([1, 1, 1, 1]);
});

test('a folder that git could not bring back stays, with all the rest', async () => {
  const { code, err } = await remove('--yes');
  expect(code).toBe(2);
  expect(err).toContain('is not in git, so that nobody could bring it back');
  expect(await modelsLeft()).toEqual([1, 1, 1, 1]);
});

test('confirmed, stacks and endpoint go, then the folder; data and model packages stay', async () => {
  const { code, out, err } = await remove('--yes', '--force');
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(err.trim().split('\n')).toEqual(
    [
      'stack mail-dev-monitoring',
      'running trainings of mail-dev',
      'stack mail-dev-training',
      'endpoint mail-dev, its configs and models',
      'stack mail-dev-serving',
      'stack mail-dev-storage',
    ].map((what) => `dev: ${what}`),
  );
  expect(await modelsLeft()).toEqual([0, 0, 0, 1]);
  expect(existsSync(projects.project)).toBe(false);
  expect(out).toContain('npm run remove -- mail --leftovers');
  await stage.aws.dynamodb.send(new DescribeTableCommand({ TableName: 'mail-dev-state' }));
});

test('its names are taken until then: deployed again, the stack fails and what stayed is as it was', async () => {
  const { failed, said } = await deployStorage();
  expect(failed).toBe(true);
  expect(said).toMatch(/CREATE_FAILED .* mail-dev-storage Validation failed with \d error/);
  const Bucket = 'mail-dev-artifacts-111122223333-eu-west-1';
  const { Versions = [] } = await stage.aws.s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions.length).toBeGreaterThan(3);
  expect(await modelsLeft()).toEqual([0, 0, 0, 1]);
});

test('run again, it takes the failed deployment away, and then says what stayed', async () => {
  const { code } = await remove('--yes');
  expect(code).toBe(0);
  const { code: again, out } = await remove();
  expect(again).toBe(0);
  expect(out).toContain('table   mail-dev-state');
});

test('deleted for good, a project of the same name can be made and deployed again', async () => {
  const { code, out } = await remove('--leftovers', '--yes');
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('Nothing of mail is left.') });
  const made = await mlops(['new', 'email-classification', 'mail', '--projects', projects.folder]).ended;
  expect(made).toMatchObject({ code: 0, out: expect.stringContaining('npx cdk deploy mail-delivery') });
  expect(await deployStorage()).toMatchObject({ failed: false });
  await stage.aws.dynamodb.send(new DescribeTableCommand({ TableName: 'mail-dev-state' }));
});
