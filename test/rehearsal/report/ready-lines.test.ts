import { readyLines } from '../../../rehearsal/report/ready-lines';
import type { Report } from '../../../rehearsal/report/report';

const api = {
  url: 'https://127.0.0.1:4566/v1/predictions',
  region: 'eu-west-1',
  accessKeyId: 'AKIA',
  secretAccessKey: 'secret',
  caBundle: '/tmp/server.crt',
};
const endpoints = {
  aws: 'https://127.0.0.1:4566',
  sagemaker: 'http://127.0.0.1:4700',
  caBundle: '/tmp/server.crt',
};

test('a line to ask the model with carries signature, certificate and every field', () => {
  const [ask] = readyLines(report({ api, endpoints }), {
    project: 'mail',
    fields: ['subject', 'body'],
  }).split('\n');

  expect(ask).toContain('--aws-sigv4 aws:amz:eu-west-1:execute-api --user AKIA:secret');
  expect(ask).toContain('--cacert /tmp/server.crt');
  expect(ask).toContain(`-d '{"input":{"subject":"hello","body":"hello"}}'`);
  expect(ask).toContain(api.url);
});

test('a field with a quote in its name stays one argument of the shell', () => {
  const [ask] = readyLines(report({ api, endpoints }), { project: 'mail', fields: ["it's"] }).split('\n');

  expect(ask).toContain(`{"input":{"it'\\''s":"hello"}}`);
});

test('a line of settings names both endpoints and no real credential', () => {
  const [, settings] = readyLines(report({ api, endpoints }), { project: 'mail', fields: ['text'] }).split(
    '\n',
  );

  expect(settings).toContain('AWS_ENDPOINT_URL=https://127.0.0.1:4566');
  expect(settings).toContain('AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=http://127.0.0.1:4700');
  expect(settings).toContain('AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test');
  // Node trusts another variable than boto3 does.
  expect(settings).toContain('NODE_EXTRA_CA_CERTS=');
});

test('there is nothing to say before the API is deployed', () => {
  expect(readyLines(report({ api: null, endpoints }), { project: 'mail', fields: ['text'] })).toBe('');
});

function report(given: Pick<Report, 'api' | 'endpoints'>): Report {
  return { ok: true, seconds: 1, phases: [], metrics: {}, notRehearsed: [], ...given };
}
