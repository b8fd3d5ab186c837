import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessTo, NoAccess, sessionNameOf } from '../../../operations/aws/credentials';

const DEV = { name: 'dev', account: '111122223333', region: 'eu-west-1' };
const PROD = { name: 'prod', account: '444455556666', region: 'eu-west-1' };

/** An STS that knows its callers by their access key; one that it does not know has an invalid one. */
const CALLERS: Record<string, string> = {
  AKIADEV: 'arn:aws:sts::111122223333:assumed-role/Engineer/jo@example.com',
  AKIAPROD: 'arn:aws:iam::444455556666:user/people/kim',
};

function fakeSts(): Server {
  return createServer((request, response) => {
    const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const arn = CALLERS[key];
    response.writeHead(arn ? 200 : 403, { 'content-type': 'text/xml' });
    response.end(
      arn
        ? `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>U</UserId><Account>${arn.split(':')[4]}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
        : `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${key === 'AKIAOLD' ? 'ExpiredToken' : 'InvalidClientTokenId'}</Code><Message>The security token included in the request is ${key === 'AKIAOLD' ? 'expired' : 'invalid'}</Message></Error></ErrorResponse>`,
    );
  });
}

describe('accessTo', () => {
  const before = { ...process.env };
  let server: Server;
  let folder: string;

  beforeAll(async () => {
    server = fakeSts();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    folder = mkdtempSync(join(tmpdir(), 'credentials-'));
    writeFileSync(
      join(folder, 'config'),
      '[profile mlops-prod]\naws_access_key_id = AKIAPROD\naws_secret_access_key = secret\n',
    );
  });

  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.AWS_EC2_METADATA_DISABLED = 'true';
    process.env.AWS_CONFIG_FILE = join(folder, 'config');
    process.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null';
    process.env.AWS_ACCESS_KEY_ID = 'AKIADEV';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  });

  afterAll(async () => {
    process.env = before;
    rmSync(folder, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
  });

  const refused = async (promise: Promise<unknown>): Promise<NoAccess> => {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof NoAccess)) throw new Error(`expected NoAccess, got ${error}`);
    return error;
  };

  test('uses the current credentials when they are of the account', async () => {
    const access = await accessTo(DEV);
    expect(access.sessionName).toBe('jo@example.com');
    expect(access.config.profile).toBeUndefined();
    expect(access.config.region).toBe('eu-west-1');
  });

  test('otherwise uses the profile mlops-<name>, and says nothing of the keys it did not use', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const access = await accessTo(PROD);
    expect(access).toMatchObject({ account: PROD.account, sessionName: 'kim' });
    expect(access.config.profile).toBe('mlops-prod');
    expect(warn).not.toHaveBeenCalled();
  });

  test('refuses credentials of another account in a sentence with both accounts and what to do', async () => {
    const error = await refused(accessTo({ ...DEV, name: 'test', account: '222233334444' }));
    expect(error.why).toBe('another account');
    expect(error.message).toMatch(/no access to test, account 222233334444/);
    expect(error.message).toMatch(/are of account 111122223333 \(arn:aws:sts::/);
    expect(error.message).toMatch(/\[profile mlops-test\]/);
  });

  test('says that a profile is of another account too', async () => {
    const error = await refused(accessTo({ ...PROD, account: '222233334444' }));
    expect(error.message).toMatch(/profile mlops-prod are of account 444455556666/);
  });

  test.each([
    ['AKIAOLD', 'expired', /have expired/],
    ['AKIANOBODY', 'no credentials', /security token included in the request is invalid/],
  ])('tells credentials %s apart: %s', async (key, why, words) => {
    process.env.AWS_ACCESS_KEY_ID = key;
    const error = await refused(accessTo(DEV));
    expect(error.why).toBe(why);
    expect(error.message).toMatch(words);
  });

  test('says that there are no credentials', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    expect((await refused(accessTo(DEV))).why).toBe('no credentials');
  });

  test('says that AWS cannot be reached, and blames no credentials', async () => {
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    const error = await refused(accessTo(DEV));
    expect(error.why).toBe('unreachable');
    expect(error.message).toMatch(/cannot be reached/);
  });
});

test.each([
  ['arn:aws:sts::111122223333:assumed-role/Engineer/jo@example.com', 'jo@example.com'],
  ['arn:aws:iam::111122223333:user/people/kim', 'kim'],
  ['arn:aws:iam::111122223333:root', 'root'],
])('%s acts under the name %s', (arn, name) => {
  expect(sessionNameOf(arn)).toBe(name);
});
