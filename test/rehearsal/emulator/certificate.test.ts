import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get } from 'node:https';
import { selfSigned } from '../../../rehearsal/emulator/certificate';
import { clientEnvironment } from '../../../rehearsal/emulator/surroundings';

test('a client that trusts the certificate reaches a server on 127.0.0.1 with it', async () => {
  const { certificate, key } = selfSigned();
  const server = createServer({ cert: certificate, key }, (_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const status = await new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, ca: certificate, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
  expect(status).toBe(200);
  await expect(
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject);
    }),
  ).rejects.toThrow('self-signed certificate');
  server.close();
});

test('the certificate names this machine only, is no authority and expires', () => {
  const now = new Date('2026-11-21T10:00:00Z');
  const certificate = new X509Certificate(selfSigned(now).certificate);
  expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  expect(certificate.ca).toBe(false);
  expect(new Date(certificate.validTo)).toEqual(new Date('2026-11-28T10:00:00Z'));
  expect(certificate.verify(certificate.publicKey)).toBe(true);
});

test('clients get the emulator and its credentials, and nothing of the person’s shell', () => {
  process.env.AWS_PROFILE = 'production';
  const env = clientEnvironment({
    region: 'eu-west-1',
    path: '/bin',
    directory: '/tmp/run',
    endpoint: 'https://127.0.0.1:4566',
    certificate: '/tmp/run/tls/server.crt',
  });
  delete process.env.AWS_PROFILE;
  expect(env).toMatchObject({
    AWS_ENDPOINT_URL: 'https://127.0.0.1:4566',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  expect(Object.keys(env)).not.toContain('AWS_PROFILE');
});
