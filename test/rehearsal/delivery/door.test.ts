import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  CodePipelineClient,
  GetPipelineStateCommand,
  ListPipelinesCommand,
} from '@aws-sdk/client-codepipeline';
import { ListModelsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { AccountServices } from '../../../rehearsal/account';
import { ApiError } from '../../../rehearsal/delivery/doors/api';
import { type Door, openDoor } from '../../../rehearsal/delivery/doors/door';
import { Belongings } from '../../../rehearsal/processes/belongings';

const belongings = new Belongings();
const servers: Server[] = [];
const asked: Array<{ readonly account: string; readonly agent: string }> = [];
let door: Door;

/** A SageMaker that notes who called and has no models. */
async function sagemakerOf(account: string): Promise<string> {
  const server = createServer((request: IncomingMessage, response) => {
    asked.push({ account, agent: String(request.headers['user-agent']) });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{"Models":[]}');
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

beforeAll(async () => {
  door = await openDoor(belongings, () => undefined);
  const accounts = await Promise.all(
    ['111122223333', '444455556666'].map(
      async (account) =>
        // Of an account, the door asks for nothing but the address of its SageMaker here.
        [
          `${account}/eu-west-1`,
          { sagemaker: { url: await sagemakerOf(account) } } as AccountServices,
        ] as const,
    ),
  );
  door.open({
    accounts: new Map(accounts),
    callers: {
      of: async (key: string) =>
        key === 'ASIASESSION'
          ? { account: '444455556666', role: 'arn:aws:iam::444455556666:role/mlops-prod-delivery' }
          : { account: key },
    } as never,
    adapting: {} as never,
    api: async (target) => {
      if (target.endsWith('.GetPipelineState')) return { pipelineName: 'mail-delivery' };
      throw new ApiError('UnknownOperationException', `${target} is not rehearsed`);
    },
  });
});
afterAll(async () => {
  await belongings.release();
  for (const server of servers) server.close();
});

const settings = (accessKeyId: string) => ({
  endpoint: door.url,
  region: 'eu-west-1',
  maxAttempts: 1,
  credentials: { accessKeyId, secretAccessKey: 'test' },
});

test('a request goes to the account that its key belongs to', async () => {
  await new SageMakerClient(settings('111122223333')).send(new ListModelsCommand({}));
  expect(asked.at(-1)?.account).toBe('111122223333');
});

test('a session goes with the name of its role, so that its rights are asked for', async () => {
  await new SageMakerClient(settings('ASIASESSION')).send(new ListModelsCommand({}));
  expect(asked.at(-1)).toEqual({
    account: '444455556666',
    agent: expect.stringContaining('app/role:arn:aws:iam::444455556666:role/mlops-prod-delivery'),
  });
});

test('fails for an account that no environment lies in', async () => {
  await expect(new SageMakerClient(settings('999999999999')).send(new ListModelsCommand({}))).rejects.toThrow(
    'sagemaker of 999999999999/eu-west-1 is not played',
  );
});

test('answers CodePipeline, and refuses an operation that is not played by its name', async () => {
  const client = new CodePipelineClient(settings('111122223333'));
  const { pipelineName } = await client.send(new GetPipelineStateCommand({ name: 'mail-delivery' }));
  expect(pipelineName).toBe('mail-delivery');
  await expect(client.send(new ListPipelinesCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('ListPipelines is not rehearsed'),
  });
});
