import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PHASES, type Report } from '../../../rehearsal/report/report';
import { post } from '../../../rehearsal/traffic/api-caller';
import { temporaryProjects } from '../../fixtures/project';
import { type Command, type Ended, mlops, ROOT } from './command';

jest.setTimeout(180_000);

const projects = temporaryProjects();
const json = join(projects.folder, 'report.json');
const run = promisify(execFile);
afterAll(() => projects.remove());

describe('the loop', () => {
  let command: Command;
  let ended: Ended;
  let report: Report;

  beforeAll(async () => {
    command = mlops(['rehearse', 'mail', '--projects', projects.folder, '--json', json, '--strict']);
    ended = await command.ended;
    if (ended.code !== 0) throw new Error(`the loop failed:\n${ended.out}\n${ended.err}`);
    report = reportIn(json);
  });

  test('plays every phase in order, and each says how long, how it was played and what proves it', () => {
    expect(report.ok).toBe(true);
    expect(report.phases.map(({ name }) => name)).toEqual(PHASES);
    for (const phase of report.phases) {
      expect(phase).toMatchObject({
        ok: true,
        seconds: expect.any(Number),
        evidence: expect.stringMatching(/./),
      });
      expect(['native', 'emulated', 'recorded']).toContain(phase.played);
      expect(phase.seconds).toBeGreaterThanOrEqual(0);
    }
    expect(report.seconds).toBeGreaterThan(Math.max(...report.phases.map(({ seconds }) => seconds)));
  });

  test('trains twice, the second time because of drift, and the second version is in service', () => {
    const evidenceOf = (name: string) => report.phases.find((phase) => phase.name === name)?.evidence;
    expect(evidenceOf('register')).toMatch(/:model-package\/mail-dev\/1$/);
    expect(JSON.parse(evidenceOf('serve') ?? '')).toMatchObject({
      inferenceId: expect.stringMatching(/^[\w-]{36}$/),
      modelVersion: 1,
      output: { topic: { value: expect.any(String), confidence: expect.any(Number) } },
    });
    expect(evidenceOf('monitor')).toContain('mail-dev-drift is ALARM');
    expect(evidenceOf('retrain')).toContain('against the champion');
  });

  test('reports accuracy and macro F1 of every target, which no target has for nothing', () => {
    expect(Object.keys(report.metrics)).toEqual(['topic', 'urgency', 'language']);
    for (const { accuracy, macro_f1 } of Object.values(report.metrics)) {
      expect(accuracy).toBeGreaterThan(0.8);
      expect(macro_f1).toBeGreaterThan(0.8);
      expect(macro_f1).toBeLessThan(1);
    }
  });

  test('tells how the API and the endpoints were reached, all of them on loopback', () => {
    expect(report.api?.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/.+\/v1\/predictions$/);
    expect(report.api).toMatchObject({
      region: 'eu-west-1',
      accessKeyId: expect.stringMatching(/./),
      secretAccessKey: expect.stringMatching(/./),
    });
    expect(report.endpoints?.aws).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(report.endpoints?.sagemaker).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('prints the table, then what was not rehearsed, each with its reason', () => {
    expect(report.notRehearsed.length).toBeGreaterThan(5);
    for (const { what, why } of report.notRehearsed) {
      expect(what).toMatch(/./);
      expect(why).toMatch(/\w+ \w+/);
    }
    const [table = '', rest = ''] = ended.out.split('NOT REHEARSED');
    for (const name of PHASES) expect(table).toMatch(new RegExp(`│ +${name} `));
    expect(rest).toContain('a real account');
    expect(ended.out).toContain('The loop ran in');
  });

  test('leaves no process and no folder of the run behind', async () => {
    expect(await command.leftovers()).toEqual([]);
  });
});

describe('the loop that is kept', () => {
  let command: Command;
  let out: string;
  let report: Report;
  beforeAll(async () => {
    command = mlops(
      ['rehearse', '--projects', projects.folder, '--until', 'release', '--json', `${json}.kept`, '--keep'],
      // What a shell may hold must not matter: no profile, no region, no endpoint of somebody else.
      { AWS_PROFILE: 'nobody', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'https://example.invalid' },
    );
    out = await command.shows('Ctrl-C stops everything.');
    report = reportIn(`${json}.kept`);
  });
  afterAll(() => {
    command.interrupt();
    return command.ended;
  });

  test('stops after the phase of --until, which is no failure', () => {
    expect(report.ok).toBe(true);
    expect(report.phases.at(-1)?.name).toBe('release');
  });

  test('answers an allowed consumer through the printed curl line', async () => {
    const line = /^Ask the model: +(curl .+)$/m.exec(out)?.[1] ?? '';
    const { stdout } = await run('/bin/sh', ['-c', `${line} --silent`]);
    expect(JSON.parse(stdout)).toMatchObject({
      modelVersion: 1,
      output: { topic: { value: expect.any(String) } },
    });
  });

  test('answers a reference, and takes the correction of that case', async () => {
    if (!report.api) throw new Error('the report has no API');
    const consumer = { ...report.api, certificate: readFileSync(report.api.caBundle, 'utf8') };
    const input = { subject: 'Invoice', body: 'I was charged twice in March.' };
    const asked = await post(consumer, '/v1/predictions', { input, reference: 'CASE-123' });
    expect(asked).toMatchObject({ status: 200, body: { modelVersion: 1, inferenceId: expect.any(String) } });
    const correction = { topic: 'billing', urgency: 'low', language: 'en' };
    const corrected = await post(consumer, '/v1/feedback', { reference: 'CASE-123', correction });
    expect(corrected.status).toBe(202);
  });

  test('is reached by boto3 with the printed settings', async () => {
    const settings = /^AWS and our CLI: +(export .+)$/m.exec(out)?.[1] ?? '';
    const python = join(ROOT, '.rehearsal/environments/emulator/bin/python');
    const script = `import boto3
print(boto3.client("sagemaker").list_endpoints()["Endpoints"][0]["EndpointStatus"],
      boto3.client("sts").get_caller_identity()["Account"])`;
    const { stdout } = await run('/bin/sh', ['-c', `${settings}; exec "$0" -c "$1"`, python, script]);
    expect(stdout.trim()).toBe('InService 111122223333');
  });

  test('is gone after Ctrl-C, with everything it started', async () => {
    expect(command.belongings().length).toBeGreaterThan(5);
    command.interrupt();
    expect((await command.ended).code).toBe(130);
    expect(await command.leftovers()).toEqual([]);
    expect(existsSync(report.endpoints?.caBundle ?? '/')).toBe(false);
  });
});

const reportIn = (file: string): Report => JSON.parse(readFileSync(file, 'utf8')) as Report;
