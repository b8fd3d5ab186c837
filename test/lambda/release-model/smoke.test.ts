import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { smokeRequest } from '../../../lambda/release-model/smoke';
import { awsError } from '../../fixtures/events/aws-error';
import { reply } from './fake-sagemaker';
import { settings } from './settings-of-a-test';

const runtime = mockClient(SageMakerRuntimeClient);
const smoke = (version: number) => smokeRequest(new SageMakerRuntimeClient({}), settings, version);

beforeEach(() => runtime.reset());

test('one row with every field is asked, under an id that readers of captured records can leave out', async () => {
  answered(reply(2));
  await smoke(2);

  const { input } = runtime.commandCalls(InvokeEndpointCommand)[0]?.args[0] ?? {};
  expect(input).toMatchObject({ EndpointName: 'mail-dev', InferenceId: 'smoke-v2' });
  const { rows } = JSON.parse(String(input?.Body));
  expect(rows).toEqual([{ subject: expect.any(String), body: expect.any(String) }]);
});

test('a reply with the wanted version and every target is right', async () => {
  answered(reply(2));
  expect(await smoke(2)).toBeUndefined();
});

test('a reply that says whether it abstained is right', async () => {
  const topic = { value: 'billing', confidence: 0.2, abstained: true };
  answered(json({ modelVersion: 2, predictions: [{ topic }] }));
  expect(await smoke(2)).toBeUndefined();
});

test.each([
  ['another version', reply(1), 'was answered by model version 1, not 2'],
  ['no JSON', new TextEncoder().encode('<html>'), 'is wrong: the reply is no JSON object'],
  ['no version', json({ predictions: [{}] }), 'is wrong: modelVersion is no whole number'],
  ['a target less', json({ modelVersion: 2, predictions: [{}] }), 'is wrong: predictions[0].topic'],
  [
    'an error',
    json({ modelVersion: 2, predictions: [{ error: 'no memory' }] }),
    'is wrong: predictions[0] is an error of the model',
  ],
])('a reply with %s is wrong', async (_, body, words) => {
  answered(body);
  expect(await smoke(2)).toContain(words);
});

test('an error of the model is a wrong reply', async () => {
  runtime.on(InvokeEndpointCommand).rejects(awsError('model error'));
  expect(await smoke(2)).toBe('the model answered the smoke request with HTTP 500');
});

test('fails with every other error, which says nothing about the model', async () => {
  runtime.on(InvokeEndpointCommand).rejects(awsError('throttled'));
  await expect(smoke(2)).rejects.toThrow('Rate exceeded');
});

function answered(body: Uint8Array) {
  // The runtime's body has methods of a stream, none of which is read here.
  runtime.on(InvokeEndpointCommand).callsFake(() => ({ Body: body }));
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
