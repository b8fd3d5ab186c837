import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { main } from '../../../bin/mlops';
import { temporaryProjects } from '../../fixtures/project';
import { capturedLine } from '../../workbench/label/rows';

const home = mkdtempSync(join(tmpdir(), 'mlops-label-'));
const projects = temporaryProjects();
const sts = mockClient(STSClient);
const s3 = mockClient(S3Client);
const stacks = mockClient(CloudFormationClient);
const root = process.cwd();
const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;

let api: Server;
let corrections: unknown[];

beforeAll(async () => {
  // What the command remembers lies below the folder it runs in.
  symlinkSync(join(root, 'templates'), join(home, 'templates'));
  process.chdir(home);
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  api = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const isFeedback = request.url === '/live/v1/feedback';
    if (isFeedback) corrections.push(...JSON.parse(Buffer.concat(chunks).toString()).corrections);
    const body = isFeedback ? { accepted: [{ index: 0 }], rejected: [] } : CLASSES;
    response.writeHead(isFeedback ? 202 : 200, { connection: 'close' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  process.chdir(root);
  restore('AWS_ACCESS_KEY_ID', AWS_ACCESS_KEY_ID);
  restore('AWS_SECRET_ACCESS_KEY', AWS_SECRET_ACCESS_KEY);
  await new Promise((resolve) => api.close(resolve));
  projects.remove();
  rmSync(home, { recursive: true, force: true });
});

const classes = (...names: string[]) => ({ classes: names.map((name) => ({ name, since: 'x' })) });
const CLASSES = {
  modelVersion: 3,
  targets: { topic: classes('billing', 'returns'), urgency: classes('low'), language: classes('en') },
};
const said = (value: string, abstained = false) => ({ value, confidence: 0.4, abstained });

beforeEach(() => {
  corrections = [];
  for (const mock of [sts, s3, stacks]) mock.reset();
  sts.on(GetCallerIdentityCommand).resolves({
    Account: '111122223333',
    Arn: 'arn:aws:sts::111122223333:assumed-role/engineer/jane',
  });
  const OutputValue = `http://127.0.0.1:${(api.address() as AddressInfo).port}/live/v1/predictions`;
  stacks.on(DescribeStacksCommand, { StackName: 'mail-dev-serving' }).resolves({
    Stacks: [
      {
        StackName: 'mail-dev-serving',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: [{ OutputKey: 'ApiUrl', OutputValue }],
      },
    ],
  });
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  const Key = `capture/mail-dev/AllTraffic/${today}/00/1.jsonl`;
  s3.on(ListObjectsV2Command).callsFake(({ Prefix }: { Prefix: string }) => ({
    Contents: Key.startsWith(Prefix) ? [{ Key }] : [],
  }));
  const line = capturedLine(
    'a',
    { rows: [{ subject: 'parcel', body: 'a secret of a customer' }] },
    {
      modelVersion: 3,
      predictions: [{ topic: said('billing', true), urgency: said('low'), language: said('en') }],
    },
  );
  const Body = { transformToString: async () => line } as unknown as GetObjectCommandOutput['Body'];
  s3.on(GetObjectCommand, { Bucket: 'mail-dev-records-111122223333-eu-west-1', Key }).resolves({ Body });
});

/** Runs the command and catches what it writes. */
async function label(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  try {
    const all = ['label', 'mail', ...args, '--projects', projects.folder];
    return { status: await main(all), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test('rows go out as a table, come back as labels, and are not asked about again', async () => {
  const table = join(home, 'rows.csv');
  const out = await label('--csv', table);
  expect(out).toMatchObject({
    status: 0,
    stdout: expect.stringContaining(`--environment dev --from ${table}`),
  });
  expect(out.stdout + out.stderr).not.toContain('secret');
  expect(statSync(table).mode & 0o777).toBe(0o600);

  const filled = readFileSync(table, 'utf8').replace('billing,0.400,,', 'billing,0.400,returns,');
  writeFileSync(table, filled);
  const back = await label('--from', table, '--json');
  expect(corrections).toEqual([{ inferenceId: 'a', correction: { topic: 'returns' } }]);
  expect([back.status, JSON.parse(back.stdout)]).toEqual([
    0,
    { project: 'mail', environment: 'dev', labelled: 1, empty: 0, problems: [] },
  ]);
  const again = await label('--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ picked: 0, labelled: 0, read: { answers: 1 } });
});

test('a class that nobody knows fails, is named with its line, and can be allowed', async () => {
  const table = join(home, 'unknown.csv');
  writeFileSync(table, 'inferenceId,topic,urgency,language\na,fax,,\n');
  const { status, stdout } = await label('--from', table);
  expect([status, corrections]).toEqual([1, []]);
  expect(stdout).toContain('line 2: "fax" is no class of topic: known are billing, returns');
  expect((await label('--from', table, '--new-classes')).status).toBe(0);
  expect(corrections).toEqual([{ inferenceId: 'a', correction: { topic: 'fax' } }]);
});

test.each([
  [['--rows', '0'], '--rows 0: allowed: a whole number from 1 to 1000'],
  [
    ['--days', '31'],
    '--days 31: allowed: a whole number from 1 to 30, since older answers cannot be corrected',
  ],
  [['--from', 'no.csv'], '--from no.csv: there is no such file'],
  [['--csv', 'a.csv', '--from', 'b.csv'], 'give one of them'],
  [['--csv', root], 'is there already, perhaps with labels'],
  [['--environment', 'test'], 'does not run in "test"'],
  [['--environment', 'prod'], 'no access to prod, account 444455556666'],
])('%j cannot be, and is told so in a line', async (args, message) => {
  const { status, stdout, stderr } = await label(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
});

test('a project that is not deployed is told so', async () => {
  const missing = Object.assign(new Error('Stack with id mail-dev-serving does not exist'), {
    name: 'ValidationError',
  });
  stacks.on(DescribeStacksCommand).rejects(missing);
  expect(await label()).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('mail is not deployed in dev: there is no stack mail-dev-serving'),
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
