import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { listTargets } from '../../../lambda/list-targets/list-targets';
import event from '../../fixtures/events/api-gateway-prediction.json';

const dynamodb = mockClient(DynamoDBDocumentClient);
const logged: string[] = [];

beforeEach(() => {
  dynamodb.reset();
  dynamodb.on(GetCommand).resolves({});
  logged.length = 0;
  for (const method of ['log', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => {
      logged.push(line.join(' '));
    });
  }
});
afterEach(() => jest.restoreAllMocks());

test('the classes in service are listed as the release wrote them', async () => {
  const since = '2026-11-01T08:00:00.000Z';
  const targets = { topic: { classes: [{ name: 'billing', since }], changed: since, removed: [] } };
  holds('targets', { modelVersion: 3, targets });

  expect(await get()).toEqual({ status: 200, body: { modelVersion: 3, targets } });
});

test('before the first release the caller is told that there is no model yet', async () => {
  holds('release', { desired: { version: 1 } });

  expect(await get()).toMatchObject({ status: 503, body: { error: { code: 'no_model' } } });
});

test('a model whose classes nobody wrote down is in service: they are not known', async () => {
  holds('release', { current: { version: 1 } });

  expect(await get()).toMatchObject({ status: 404, body: { error: { code: 'not_known' } } });
});

test('a call that IAM denied is neutral to the caller, and the log says which action is missing', async () => {
  const denied = 'role/x is not authorized to perform: dynamodb:GetItem';
  dynamodb.on(GetCommand).rejects(Object.assign(new Error(denied), { name: 'AccessDeniedException' }));

  const { status, body } = await get();

  expect(status).toBe(500);
  expect(body.error.requestId).toBe(event.requestContext.requestId);
  expect(JSON.stringify(body)).not.toContain('authorized');
  expect(logged.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({ denied }));
});

function holds(pk: string, item: object): void {
  dynamodb.on(GetCommand, { TableName: 'state', Key: { pk } }).resolves({ Item: { pk, ...item } });
}

async function get() {
  const handler = listTargets({
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({})),
    settings: { STATE_TABLE: 'state' },
  });
  const answer = await handler({ ...event, body: null });
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
}
