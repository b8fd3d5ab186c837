import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { StartTrainingEvent, StartTrainingResult } from '../../../lambda/start-training/contract';
import { userKey } from '../../../rehearsal/access/user-key';
import { follow } from '../../../rehearsal/phases/executions';
import { gate } from '../../../rehearsal/phases/gate';
import { register } from '../../../rehearsal/phases/register';
import { train } from '../../../rehearsal/phases/train';
import { Belongings } from '../../../rehearsal/processes/belongings';
import { call } from '../../../rehearsal/schedules';
import type { Stage } from '../../../rehearsal/stage';
import { post } from '../../../rehearsal/traffic/api-caller';
import { temporaryProjects } from '../../fixtures/project';
import { type Ended, mlops } from './command';
import { Mailbox } from './mailbox';
import { openedStage } from './opened-stage';
import { eventually, Releases } from './releases';

jest.setTimeout(60_000);
const DEV = '111122223333';
const projects = temporaryProjects();
const belongings = new Belongings();
let stage: Stage;
let mailbox: Mailbox;
let packageArn: string;
let merge: StartTrainingEvent;
/** Environment of a person at the command line who may do everything in dev. */
let person: NodeJS.ProcessEnv;

/** One stage, on which a model passed its gate and waits. */
beforeAll(async () => {
  const opened = await openedStage(projects.folder, belongings);
  ({ stage } = opened);
  person = opened.personIn(DEV);
  mailbox = await Mailbox.of(`arn:aws:sns:eu-west-1:${DEV}:mail-dev-owner`, DEV, opened.endpoints);
  const trained = await train(stage);
  merge = trained.merge;
  await gate(stage, trained.execution);
  ({ packageArn } = await register(stage, trained.execution));
}, 120_000);
afterAll(async () => {
  await belongings.release();
  projects.remove();
});

describe('while a model waits for a person', () => {
  test('its owner has a mail with the metrics and the lines that decide on it', async () => {
    const { subject, body } = await mailbox.mail('waits for approval');
    expect(subject).toBe('mail-dev: version 1 waits for approval');
    expect(body).toMatch(/The gate passed: macro_f1 of topic/);
    expect(body).toMatch(/urgency +accuracy 0\.\d{4} +macro F1 0\.\d{4}/);
    expect(body).toContain('npm run approve -- mail 1 --environment dev\n');
  });

  test('status says who is waited for, since when, and with which command', async () => {
    const { code, out } = await command('status', 'mail', '--environment', 'dev');
    expect(out).toMatch(
      /^mail +dev +\S+ (?:.* ago|now) +succeeded (?:.* ago|now) +passed +a person since (?:now|\d+ (?:s|min)) +- +none +in /m,
    );
    expect(out).toContain('gate      passed: macro_f1 of topic');
    expect(out).toContain('version 1 for a person: npm run approve -- mail 1 --environment dev');
    expect(code).toBe(0);
  });

  test('an environment that cannot be reached has a line that says why, and no stack trace', async () => {
    const { code, out, err } = await command('status');
    expect(out).toMatch(/^mail +prod +not known$/m);
    expect(out).toContain('no access to prod, account 444455556666');
    expect(`${out}${err}`).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });

  test('the same merge again trains nothing and says what to decide on', async () => {
    const again = await start(merge);
    expect(again.outcome).toBe('already asked');
    expect(again.note).toContain('decide on its model package');
  });

  test('another merge trains beside it; the gate refuses it, its owner is told why, and the first still waits', async () => {
    const started = await start(await mergeThatIsRefused());
    expect(started.outcome).toBe('started');
    const during = await statusOf();
    expect(during).toMatchObject({
      training: { status: 'executing', reason: 'merge' },
      gate: { version: 1 },
    });
    expect(during.waiting).toMatchObject([{ what: 'version 1' }]);

    const ended = follow(stage, started.executionArn ?? '', undefined);
    await expect(ended).rejects.toThrow('step Refused failed');
    const { body } = await mailbox.mail('the gate refused');
    expect(body).toMatch(/The gate refused: .*is below 1/);
    expect(body).toContain('commit strict by other@example.com');
    expect(body).toContain('No version is in service.');
    const after = await statusOf();
    expect(after).toMatchObject({ training: { status: 'refused' }, gate: { verdict: 'refused' } });
    expect(after.waiting).toMatchObject([{ what: 'version 1', for: 'a person' }]);
  });
});

describe('a decision', () => {
  test('of the author is refused, with whose it is', async () => {
    const everything = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    const key = await userKey(stage.aws.iam, 'author@rehearsal.example', new Map([['all', everything]]));
    const { code, err } = await mlops(['approve', 'mail', '1', '--environment', 'dev', ...FROM], {
      ...person,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    }).ended;
    expect(err).toContain('somebody else must approve it');
    expect(err).toContain('user/author@rehearsal.example');
    expect(code).toBe(2);
    expect((await statusOf()).waiting).toHaveLength(1);
  });

  test('of another person releases it, and the owner is told by whom and that it is in service', async () => {
    const { code, out, err } = await command(
      'approve',
      'mail',
      '1',
      '--environment',
      'dev',
      '--why',
      'good enough',
    );
    expect(err).toContain('The gate passed: macro_f1 of topic');
    expect(err).toMatch(/topic +accuracy 0\.\d{4}/);
    expect(out).toContain(`Version 1 of mail in dev is approved by arn:aws:iam::${DEV}:root`);
    expect(code).toBe(0);
    expect((await mailbox.mail('was approved')).body).toContain(
      `approved by arn:aws:iam::${DEV}:root: good enough`,
    );
    expect((await mailbox.mail('is in service')).subject).toBe('mail-dev: version 1 is in service');
    const status = await statusOf();
    expect(status).toMatchObject({ inService: { version: 1, endpoint: 'InService' }, waiting: [] });
  });

  test('on what does not wait says what it is and what waits', async () => {
    const decided = await command('reject', 'mail', '1', '--environment', 'dev', '--why', 'late');
    expect(decided.err).toContain('version 1 of mail in dev is Approved already (approved by arn:aws:iam::');
    expect(decided.err).toContain('no version waits for a decision');
    expect(decided.code).toBe(2);
    const unknown = await command('approve', 'mail', '77', '--environment', 'dev');
    expect(unknown.err).toContain('mail in dev has no version 77');
    expect(unknown.code).toBe(2);
  });

  test('to reject needs a reason, which reaches the owner', async () => {
    const releases = new Releases(stage, packageArn);
    const { version } = await releases.register();
    const named = ['reject', 'mail', String(version), '--environment', 'dev'];
    expect(await command(...named)).toMatchObject({ code: 2, err: expect.stringContaining('--why') });
    expect(await command(...named, '--why', 'complaints are lost')).toMatchObject({ code: 0 });
    expect((await mailbox.mail(`version ${version} was rejected`)).body).toContain(
      'root: complaints are lost',
    );
  });

  test('for a model compared with another one warns, and the owner hears that its release was refused', async () => {
    const releases = new Releases(stage, packageArn);
    const { version } = await releases.register({ champion: 'none' });
    const status = await eventually('the model that waits', async () => {
      const now = await statusOf();
      return now.waiting.length > 0 && now;
    });
    expect(status.notes.join()).toContain(
      `version ${version} was compared with no version, but version 1 is wanted`,
    );

    const { code, err } = await command('approve', 'mail', String(version), '--environment', 'dev');
    expect(err).toContain('its release would be refused; --insist releases it all the same');
    expect(code).toBe(0);
    const { body } = await mailbox.mail('a release was refused');
    expect(body).toContain(`version ${version} was compared with no version`);
    expect(body).toContain('Version 1 is in service.');
    expect((await statusOf()).notes.join()).toContain('the last release was refused');
  });

  test('that insists releases it', async () => {
    const releases = new Releases(stage, packageArn);
    const { version } = await releases.register({ champion: 'none' });
    expect(
      await command('approve', 'mail', String(version), '--environment', 'dev', '--insist'),
    ).toMatchObject({ code: 0 });
    expect(await mailbox.mail(`version ${version} is in service`)).toBeDefined();
  });

  test('nothing was told twice, and a decision is followed by what came of it', async () => {
    await stage.delivered();
    const subjects = await mailbox.subjects();
    expect(subjects.filter((subject) => /version \d+/.test(subject))).toEqual(
      [...new Set(subjects)].filter((subject) => /version \d+/.test(subject)),
    );
    expect(subjects.indexOf('mail-dev: version 1 was approved')).toBeLessThan(
      subjects.indexOf('mail-dev: version 1 is in service'),
    );
  });
});

describe('a mail that the model was not sure of', () => {
  const table = join(projects.folder, 'label.csv');
  const label = (...args: string[]) =>
    command('label', 'mail', '--environment', 'dev', '--api', stage.consumer.url, ...args);

  test('stands in a table, with what the model would have said', async () => {
    // Nothing that can be seen: no model can be sure of it.
    const asked = await post(stage.consumer, '/v1/predictions', {
      input: { subject: '\u200b', body: '\u200b' },
    });
    expect(asked).toMatchObject({ status: 200, body: { output: { topic: { abstained: true } } } });
    await stage.flushCapture();

    expect(await label('--csv', table)).toMatchObject({ code: 0 });
    expect(readFileSync(table, 'utf8')).toContain(String(asked.body.inferenceId));
  });

  test('is a correction once somebody has filled in the table, and is not shown again', async () => {
    const [header = '', row = ''] = readFileSync(table, 'utf8').split('\r\n');
    const at = header.split(',').indexOf('topic');
    const cells = row.split(',');
    cells[at] = 'billing';
    writeFileSync(table, `${header}\r\n${cells.join(',')}\r\n`);

    const sent = await label('--from', table, '--json');
    expect(sent).toMatchObject({ code: 0 });
    expect(JSON.parse(sent.out)).toMatchObject({ labelled: 1, problems: [] });

    rmSync(table);
    expect(await label('--csv', table)).toMatchObject({ code: 0 });
    expect(existsSync(table) ? readFileSync(table, 'utf8') : '').not.toContain(cells[0]);
  });
});

/** The projects folder of this test. */
const FROM = ['--projects', projects.folder];

const command = (...args: string[]): Promise<Ended> => mlops([...args, ...FROM], person).ended;

async function statusOf() {
  const { out } = await command('status', 'mail', '--environment', 'dev', '--json');
  const [dev] = JSON.parse(out);
  return dev;
}

const start = (event: StartTrainingEvent): Promise<StartTrainingResult> =>
  call(stage.aws.lambda, stage.outputs.StartTrainingFunction, JSON.stringify(event));

/** A merge of the same code under bounds that nothing reaches. */
async function mergeThatIsRefused(): Promise<StartTrainingEvent> {
  if (merge.reason !== 'merge') throw new Error('the first training was no merge');
  const code = 'f'.repeat(64);
  await Promise.all(
    [...stage.play.bundle.files].map(([name, content]) =>
      stage.aws.s3.send(
        new PutObjectCommand({
          Bucket: stage.outputs.ArtifactsBucket,
          Key: `code/${code}/${name}`,
          Body: name === 'settings.json' ? strict(content) : content,
        }),
      ),
    ),
  );
  return { ...merge, code, commit: 'strict', author: 'other@example.com' };
}

function strict(content: Buffer | string): string {
  const settings = JSON.parse(content.toString());
  const macro_f1 = Object.fromEntries(stage.play.targets.map((target) => [target, 1]));
  return JSON.stringify({ ...settings, gate: { ...settings.gate, macro_f1 } });
}
