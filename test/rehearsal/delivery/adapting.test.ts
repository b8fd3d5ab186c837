import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import type { AccountServices } from '../../../rehearsal/account';
import { adapting } from '../../../rehearsal/delivery/doors/adapting';

const s3 = mockClient(S3Client);
const stored = new Map<string, string>();
const URL = 'https://127.0.0.1:1/cdk-hnb659fds-assets-111122223333-eu-west-1/abc.json';
const TEMPLATE = JSON.stringify({
  Resources: {
    Pipeline: { Type: 'AWS::SageMaker::Pipeline', Properties: { PipelineName: 'a "quoted" <name> & more' } },
    Queue: { Type: 'AWS::SQS::Queue' },
  },
});

beforeEach(() => {
  s3.reset();
  stored.clear();
  stored.set('abc.json', TEMPLATE);
  s3.on(GetObjectCommand).callsFake(({ Key }: { Key: string }) => ({
    Body: { transformToString: async () => stored.get(Key) },
  }));
  s3.on(PutObjectCommand).callsFake(({ Key, Body }: { Key: string; Body: string }) => stored.set(Key, Body));
});

// What the emulator knows, and where the bridge is, is all that adapting asks of an account.
const services = {
  emulator: { client: { region: 'eu-west-1' }, types: new Set(['AWS::SQS::Queue']) },
  bridge: { serviceToken: 'arn:bridge' },
} as unknown as AccountServices;
const door = () => adapting(new Map([['111122223333/eu-west-1', services]]));
const form = (fields: Record<string, string>) =>
  new URLSearchParams({ StackName: 'mail-dev-training', ...fields });
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

test('what the emulator lacks is rewritten where the template lies, and every change is told', async () => {
  const adapts = door();
  await adapts.request(form({ TemplateURL: URL }));
  const { Resources } = JSON.parse(stored.get('abc.json') ?? '');
  expect(Resources.Pipeline).toMatchObject({
    Type: 'Custom::RehearsalSageMakerPipeline',
    Properties: { ServiceToken: 'arn:bridge' },
  });
  expect(Resources.Queue).toEqual({ Type: 'AWS::SQS::Queue' });
  expect(adapts.changes()).toEqual([
    {
      stack: 'mail-dev-training',
      logicalId: 'Pipeline',
      type: 'AWS::SageMaker::Pipeline',
      change: 'bridged',
    },
  ]);
});

test('the same template again is left as it was rewritten', async () => {
  const adapts = door();
  await adapts.request(form({ TemplateURL: URL }));
  const once = stored.get('abc.json');
  await adapts.request(form({ TemplateURL: URL }));
  expect(stored.get('abc.json')).toBe(once);
  expect(adapts.changes()).toHaveLength(1);
});

test('GetTemplate answers what was synthesized, however the emulator lays it out', async () => {
  const adapts = door();
  await adapts.request(form({ TemplateURL: URL }));
  const kept = JSON.stringify(JSON.parse(stored.get('abc.json') ?? ''));
  expect(adapts.reply(`<R><TemplateBody>${escaped(kept)}</TemplateBody></R>`)).toBe(
    `<R><TemplateBody>${escaped(TEMPLATE)}</TemplateBody></R>`,
  );
  expect(adapts.reply('<R><TemplateBody>{}</TemplateBody></R>')).toBe(
    '<R><TemplateBody>{}</TemplateBody></R>',
  );
});

test('fails for a template in the request, and for one of an account that is not played', async () => {
  await expect(door().request(form({ TemplateBody: '{}' }))).rejects.toThrow('cannot be adapted');
  const elsewhere = URL.replace('111122223333', '999999999999');
  await expect(door().request(form({ TemplateURL: elsewhere }))).rejects.toThrow('lies in no account');
});
