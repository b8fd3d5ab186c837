import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CopyObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { StartTrainingEvent, StartTrainingResult } from '../../../lambda/start-training/contract';
import { userKey } from '../../../rehearsal/access/user-key';
import { judged } from '../../../rehearsal/judged';
import { follow } from '../../../rehearsal/phases/executions';
import { feedback } from '../../../rehearsal/phases/feedback';
import { inputOf, PREDICTIONS } from '../../../rehearsal/phases/requests';
import { Belongings } from '../../../rehearsal/processes/belongings';
import { call } from '../../../rehearsal/schedules';
import type { Stage } from '../../../rehearsal/stage';
import { post, postInTurn } from '../../../rehearsal/traffic/api-caller';
import { temporaryProjects } from '../../fixtures/project';
import { brokenModel, POISON } from './broken-model';
import { type DrillStage, openDrillStage } from './drill-stage';
import { inventory } from './inventory';
import { eventually, type Package, Releases } from './releases';
import { runningOf } from './running';
import { withoutAction } from './without-action';

jest.setTimeout(60_000);
const projects = temporaryProjects();
const belongings = new Belongings();
let drill: DrillStage;
let stage: Stage;
let releases: Releases;
let fragile: string;
/** Everything there was before the first drill. */
let before: ReadonlyMap<string, string>;
let first: Awaited<ReturnType<Releases['endpoint']>>;

beforeAll(async () => {
  // Trained on spare capacity, and every release is a careful one: callers try it first, and the endpoint scales.
  const declared = readFileSync(join(projects.project, 'project.yaml'), 'utf8');
  const careful = 'instances: { min: 2, max: 4 }, release: canary, bake_minutes: 5';
  projects.write(
    'mail/project.yaml',
    declared
      .replace('instances: 1', careful)
      .replace('learner: linear', 'learner: linear\n    train: { spot: true }'),
  );
  drill = await openDrillStage(projects.folder, belongings);
  stage = drill.stage;
  releases = new Releases(stage, drill.packageArn);
  await feedback(stage, drill.row, drill.answers);
  await stage.flushCapture();
  fragile = await brokenModel(stage, drill.packageArn, 'fragile');
  before = await inventory(stage);
  first = await releases.endpoint();
}, 120_000);
afterAll(async () => {
  await belongings.release();
  projects.remove();
});

describe('approvals that come as they like', () => {
  test('an approval delivered three times at once changes nothing', async () => {
    const endpoint = await releases.endpoint();
    const again = () => stage.redeliver('SageMaker Model Package State Change');
    const runs = await releases.during(() => Promise.all([again(), again(), again()]));
    expect(runs.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(await releases.endpoint()).toEqual(endpoint);
  });

  test('an older version approved after a newer one changes nothing', async () => {
    const older = await releases.register();
    const newer = await releases.register();
    await releases.approve(newer);
    await expectInService(newer);
    const endpoint = await releases.endpoint();

    const [run] = await releases.approve(older);
    expect(run).toMatchObject({ status: 'SUCCEEDED' });
    expect(run?.message).toContain(`version ${older.version} is not newer than ${newer.version}`);
    expect(await releases.endpoint()).toEqual(endpoint);
    await expectInService(newer);
  });

  test('of two versions compared with the same champion and approved at once, one gets in and the other is told why', async () => {
    const older = await releases.register();
    const newer = await releases.register();
    const runs = await releases.approve(newer, older);
    const { current } = await releases.record();
    const late = runs.find(({ message }) => message.includes('is not newer than'));
    const stale = runs.find(({ status }) => status === 'FAILED');
    // Which of the two is first is chance. The older may get in first; then the newer was not compared with it.
    if (current?.version === newer.version)
      expect(late?.message).toContain(`version ${older.version} is not newer`);
    else expect(stale?.message).toContain(`version ${newer.version} was compared with version`);
    await expectInService(current?.version === newer.version ? newer : older);
  });

  test('fails for a version compared with another champion than that in service, until a person insists', async () => {
    const { current } = await releases.record();
    const endpoint = await releases.endpoint();
    const compared = await releases.register({ champion: drill.packageArn });
    const [run] = await releases.approve(compared);
    expect(run).toMatchObject({ status: 'FAILED' });
    expect(run?.message).toContain(
      `version ${compared.version} was compared with version 1, but version ${current?.version} is wanted in service by now: train again`,
    );
    expect(await releases.endpoint()).toEqual(endpoint);

    // The message says what to start the machine with.
    const request = JSON.parse(/\{.+\}/.exec(run?.message ?? '')?.[0] ?? '');
    await releases.start(request);
    await expectInService(compared);
  });

  test('a late copy of an approval does not undo a rollback', async () => {
    const runs = await releases.start({ reason: 'rollback', version: 1 });
    expect(runs).toMatchObject([{ status: 'SUCCEEDED' }]);
    await expectInService({ arn: drill.packageArn, version: 1 });
    await releases.during(() => stage.redeliver('SageMaker Model Package State Change'));
    await expectInService({ arn: drill.packageArn, version: 1 });
  });
});

describe('releases that break', () => {
  test('a lease left by a run that is gone blocks nobody', async () => {
    const wanted = await releases.register();
    await releases.leaveLease();
    const [run] = await releases.approve(wanted);
    expect(run).toMatchObject({ status: 'SUCCEEDED' });
    await expectInService(wanted);
  });

  test('a holder killed in the middle is followed by one that finishes', async () => {
    const wanted = await releases.register({ modelDataUrl: fragile });
    let killed = '';
    const runs = await releases.during(async () => {
      const approved = releases.approve(wanted);
      killed = await releases.running();
      await releases.heldBy(killed);
      await stage.aws.states.send(new StopExecutionCommand({ executionArn: killed, cause: 'a drill' }));
      await approved;
      await releases.released(wanted.version);
    });
    expect(runs.find(({ arn }) => arn === killed)?.status).toBe('ABORTED');
    expect(runs.filter(({ reason }) => reason === 'resume')).toMatchObject([{ status: 'SUCCEEDED' }]);
    await expectInService(wanted);
  });

  test('a model that raises on a row is a neutral 502 for that row, and answers the next', async () => {
    const released = await releases.register({ modelDataUrl: fragile });
    await releases.approve(released);
    const input = inputOf(stage, drill.row);
    const [field = ''] = stage.play.fields;
    const poisoned = await post(stage.consumer, PREDICTIONS, { input: { ...input, [field]: POISON } });
    expect(poisoned).toMatchObject({
      status: 502,
      body: { error: { code: 'model_failed', message: 'the model failed', requestId: expect.any(String) } },
    });
    expect(JSON.stringify(poisoned.body)).not.toContain(POISON);
    expect(await stage.functionLog(`${stage.outputs.EndpointName}-invoke-model`)).not.toContain(POISON);
    await expectInService(released);
  });

  test('a model that never answers /ping is not released; the version before goes on answering all the time', async () => {
    const { current } = await releases.record();
    const silent = await releases.register({
      modelDataUrl: await brokenModel(stage, drill.packageArn, 'silent'),
    });
    const answers: number[] = [];
    const [run] = await releases.during(async () => {
      let over = false;
      const approved = releases.approve(silent).finally(() => {
        over = true;
      });
      while (!over) answers.push(await answeredBy());
      await approved;
    });
    expect(run).toMatchObject({ status: 'FAILED' });
    expect(run?.message).toContain(`version ${silent.version} was not released: AWS took the endpoint back`);
    expect(run?.message).toContain('in the log group /aws/sagemaker/Endpoints/mail-dev;');
    expect(run?.message).toContain(`version ${current?.version} is put back`);
    expect(answers.length).toBeGreaterThan(20);
    expect(new Set(answers)).toEqual(new Set([current?.version]));
    await expectInService({ arn: current?.packageArn ?? '', version: current?.version ?? 0 });
  });
});

describe('careful releases', () => {
  const alarm = () => `${stage.outputs.EndpointName}-endpoint-errors`;
  const ring = (StateValue: 'ALARM' | 'OK') =>
    stage.aws.cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: alarm(), StateValue, StateReason: 'a drill' }),
    );

  test('a canary during which an alarm rings is taken back, not tried again, and the release says which alarm', async () => {
    const { current } = await releases.record();
    const wanted = await releases.register();
    const [run, ...others] = await releases.during(async () => {
      const approved = releases.approve(wanted);
      await eventually('an update', async () => (await releases.endpoint()).status === 'Updating');
      await ring('ALARM');
      await approved;
    });
    await ring('OK');

    expect(others).toEqual([]);
    expect(run).toMatchObject({ status: 'FAILED' });
    expect(run?.message).toMatch(
      new RegExp(
        `version ${wanted.version} was not released: AWS took the endpoint back .*the alarm ${alarm()} rang`,
      ),
    );
    expect(run?.message).toContain(`version ${current?.version} is put back`);
    await expectInService({ arn: current?.packageArn ?? '', version: current?.version ?? 0 });
  });

  test('while an alarm rings, the version that mends its cause is released, and a rollback is', async () => {
    const mended = await releases.register();
    await ring('ALARM');
    await releases.approve(mended);
    await expectInService(mended);
    await releases.start({ reason: 'rollback', version: 1 });
    await ring('OK');
    await expectInService({ arn: drill.packageArn, version: 1 });
  });

  test('the endpoint scales between the numbers of project.yaml, after all of this', async () => {
    const { endpoint, region, credentials } = stage.aws.sagemaker.config;
    const scaling = new ApplicationAutoScalingClient({ endpoint, region, credentials });
    const { ScalableTargets } = await scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
    );
    expect(ScalableTargets).toMatchObject([
      { ResourceId: 'endpoint/mail-dev/variant/AllTraffic', MinCapacity: 2, MaxCapacity: 4 },
    ]);
  });

  test('the author of a change cannot be who approves it; somebody else can', async () => {
    const { current } = await releases.record();
    const wanted = await releases.register({ author: 'jane@example.com' });
    const key = await userKey(stage.aws.iam, 'jane', new Map());
    const { endpoint, region } = stage.aws.sagemaker.config;
    const jane = new SageMakerClient({ endpoint, region, credentials: key });
    const approval = { ModelPackageArn: wanted.arn, ModelApprovalStatus: 'Approved' } as const;

    const [run] = await releases.during(() => jane.send(new UpdateModelPackageCommand(approval)));
    expect(run).toMatchObject({ status: 'FAILED' });
    expect(run?.message).toContain(
      `version ${wanted.version} was approved by jane, who is also the author (jane@example.com)`,
    );
    await expectInService({ arn: current?.packageArn ?? '', version: current?.version ?? 0 });

    await releases.approve(wanted);
    await expectInService(wanted);
  });
});

describe('roles that lack a permission', () => {
  const role = (name: string) => `${stage.outputs.EndpointName}-${name}`;

  test('fails the release when its function may not create a model, names the action, and releases when it may again', async () => {
    const wanted = await releases.register();
    const { current } = await releases.record();
    const [run] = await withoutAction(stage, role('release-model'), 'sagemaker:CreateModel', () =>
      releases.approve(wanted),
    );
    expect(run).toMatchObject({ status: 'FAILED' });
    expect(run?.message).toMatch(
      /AccessDeniedException: \S+:role\/mail-dev-release-model is not authorized to perform: sagemaker:CreateModel on/,
    );
    expect(await answeredBy()).toBe(current?.version);

    await releases.start({ reason: 'rollback', version: wanted.version });
    await expectInService(wanted);
  });

  test('fails the training when the pipeline’s role may not create the job, and names the action', async () => {
    const merge = await mergeOfOtherData('pipeline');
    await withoutAction(stage, role('pipeline'), 'sagemaker:CreateTrainingJob', async () => {
      const started = await call<StartTrainingResult>(
        stage.aws.lambda,
        stage.outputs.StartTrainingFunction,
        merge,
      );
      expect(started.outcome).toBe('started');
      const followed = follow(stage, started.executionArn ?? '', undefined);
      await expect(followed).rejects.toThrow(
        /step Train failed: .*role\/mail-dev-pipeline is not authorized to perform: sagemaker:CreateTrainingJob on/,
      );
    });
    expect(stage.denials().join()).toContain('sagemaker:CreateTrainingJob');
  });

  test('fails the merge when the start function may not write the data’s version, and names the action', async () => {
    const merge = await mergeOfOtherData('start');
    const started = withoutAction(stage, role('start-training'), 's3:PutObject', () =>
      call(stage.aws.lambda, stage.outputs.StartTrainingFunction, merge),
    );
    await expect(started).rejects.toThrow('is not authorized to perform: s3:PutObject');
  });

  test('fails the phase when a function answers its caller neutrally or goes on without, and names the action', async () => {
    // What was denied in the drills before stands against every phase; here it is about what functions wrote.
    const calm: Stage = { ...stage, denials: () => [] };
    const inferenceId = String((await ask()).body.inferenceId);
    const corrected = withoutAction(stage, role('record-feedback'), 's3:PutObject', () =>
      judged(calm, () => feedback(stage, drill.row, { ...drill.answers, inferenceId })),
    );
    await expect(corrected).rejects.toThrow(
      /got 500 .*record-feedback: .* is not authorized to perform: s3:PutObject/s,
    );

    const remembered = withoutAction(stage, role('invoke-model'), 'dynamodb:BatchWriteItem', () =>
      judged(calm, ask),
    );
    await expect(remembered).rejects.toThrow('is not authorized to perform: dynamodb:BatchWriteItem');
    await expect(judged(calm, ask)).resolves.toMatchObject({ status: 200 });
  });
});

test('nothing is lost by all of it: data, feedback, records, models and versions are as they were', async () => {
  const after = await inventory(stage);
  expect(before.size).toBeGreaterThan(20);
  for (const [what, content] of before) expect([what, after.get(what)]).toEqual([what, content]);
  const { seen = 0 } = await releases.record();
  expect(seen).toBeGreaterThan(8);
  for (let version = 1; version <= seen; version++) {
    expect(after.has(drill.packageArn.replace(/\d+$/, String(version)))).toBe(true);
  }
  // The way back to the first version is there as well.
  for (const config of [first.config, (await releases.record()).current?.config]) {
    const { EndpointConfigName } = await stage.aws.sagemaker.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName: config }),
    );
    const { ModelName } = await stage.aws.sagemaker.send(new DescribeModelCommand({ ModelName: config }));
    expect([EndpointConfigName, ModelName]).toEqual([config, config]);
  }
});

test('the stage is gone when its belongings are released, with every process of it', async () => {
  expect(runningOf(process.pid).length).toBeGreaterThan(5);
  await belongings.release();
  await eventually('the end of every process', async () => runningOf(process.pid).length === 0);
});

const ask = () =>
  postInTurn(stage.consumer, PREDICTIONS, { input: inputOf(stage, drill.row), reference: 'CASE-1' });

/** Asks the API. @returns the model version that answered; throws when none did */
async function answeredBy(): Promise<number> {
  const { status, body } = await ask();
  if (status !== 200) throw new Error(`the API answered ${status}: ${JSON.stringify(body)}`);
  return Number(body.modelVersion);
}

/** Record, endpoint and the model itself agree on what is in service, and nobody holds the lease. */
async function expectInService({ arn, version }: Package): Promise<void> {
  const { current, desired, holder, refused } = await releases.record();
  expect({ current, desired, holder, refused }).toEqual({
    current: { packageArn: arn, version, config: expect.stringContaining(`-v${version}-`) },
    desired: current,
    holder: undefined,
    refused: undefined,
  });
  expect(await releases.endpoint()).toMatchObject({ status: 'InService', config: current?.config });
  expect(await answeredBy()).toBe(version);
}

/** A merge of the same code with a copy of the data under another version, so that there is something to train. */
async function mergeOfOtherData(name: string): Promise<string> {
  const Bucket = stage.outputs.ArtifactsBucket;
  const data = `data/base/${createHash('sha256').update(name).digest('hex')}/`;
  const base = await stage.aws.s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'data/base/', MaxKeys: 1 }),
  );
  const source = base.Contents?.[0]?.Key ?? '';
  await stage.aws.s3.send(
    new CopyObjectCommand({ Bucket, Key: `${data}rows.csv`, CopySource: `${Bucket}/${source}` }),
  );
  const merge: StartTrainingEvent = { reason: 'merge', code: stage.play.bundle.hash, commit: name, data };
  return JSON.stringify(merge);
}
