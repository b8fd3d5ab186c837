import { type BridgedResource, handle } from '../../../rehearsal/bridge/bridge';
import type { BridgedType } from '../../../rehearsal/bridge/bridged-type';
import type { CustomResourceEvent } from '../../../rehearsal/bridge/custom-resource';
import { isGone } from '../../../rehearsal/bridge/gone';
import { recordedType } from '../../../rehearsal/bridge/recorded-types';

test('a created resource gives Ref and GetAtt, with typed properties for its handler', async () => {
  const seen: unknown[] = [];
  const { reply, resources } = await handled(
    event('Create'),
    emulated({
      create: async (request) => {
        seen.push(request);
        return { ref: 'x-dev', attributes: { Arn: 'arn:x' } };
      },
    }),
  );
  expect(seen).toEqual([
    {
      type: 'AWS::Test::Thing',
      stack: 'x-dev-training',
      logicalId: 'Thing',
      properties: { Size: 5, Name: 'x-dev' },
    },
  ]);
  expect(reply).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'x-dev', Data: { Arn: 'arn:x' } });
  expect([...resources.values()]).toEqual([
    {
      stack: 'x-dev-training',
      logicalId: 'Thing',
      type: 'AWS::Test::Thing',
      played: 'emulated',
      ref: 'x-dev',
    },
  ]);
});

test('a replaced resource stays on the list when the old one is deleted', async () => {
  const resources = new Map<string, BridgedResource>();
  const type = emulated({ update: async () => ({ ref: 'new', attributes: {} }) });
  await handled(event('Create'), type, resources);
  await handled(event('Update', 'old'), type, resources);
  await handled(event('Delete', 'old'), type, resources);
  expect([...resources.values()].map(({ ref }) => ref)).toEqual(['new']);
  await handled(event('Delete', 'new'), type, resources);
  expect(resources.size).toBe(0);
});

test('fails the stack with the reason of a refused request, and nothing is removed for it', async () => {
  const removed: string[] = [];
  const type = emulated({
    create: () =>
      Promise.reject(
        Object.assign(new Error('1 validation error detected'), { name: 'ValidationException' }),
      ),
    remove: async (ref) => void removed.push(ref),
  });
  const { reply } = await handled(event('Create'), type);
  expect(reply).toMatchObject({
    Status: 'FAILED',
    Reason: 'ValidationException: 1 validation error detected',
  });
  const deletion = await handled(event('Delete', reply.PhysicalResourceId), type);
  expect(deletion.reply.Status).toBe('SUCCESS');
  expect(removed).toEqual([]);
});

test('fails a type nobody wrote a handler for', async () => {
  const reply = await handle(event('Create'), new Map(), new Map());
  expect(reply.Status).toBe('FAILED');
  expect(reply.Reason).toContain('AWS::Test::Thing cannot be rehearsed');
});

test('a recorded resource gets the same id every time and says that it was not played', async () => {
  const first = await handled(event('Create'), recordedType());
  const second = await handled(event('Create'), recordedType());
  expect(first.reply.PhysicalResourceId).toMatch(/^recorded-[0-9a-f]{16}$/);
  expect(second.reply.PhysicalResourceId).toBe(first.reply.PhysicalResourceId);
  expect([...first.resources.values()][0]?.played).toBe('recorded');
});

test('only an error that says something is gone lets a deletion pass', () => {
  expect(() => isGone(Object.assign(new Error('x'), { name: 'ResourceNotFound' }))).not.toThrow();
  expect(() => isGone(new Error('Model Package Group x does not exist'))).not.toThrow();
  expect(() =>
    isGone(Object.assign(new Error('still has packages'), { name: 'ConflictException' })),
  ).toThrow();
});

async function handled(
  received: CustomResourceEvent,
  type: BridgedType,
  resources = new Map<string, BridgedResource>(),
) {
  const reply = await handle(received, new Map([['AWS::Test::Thing', type]]), resources);
  return { reply, resources };
}

function emulated(overrides: Partial<BridgedType>): BridgedType {
  const made = async () => ({ ref: 'old', attributes: {} });
  return { played: 'emulated', create: made, update: made, remove: async () => undefined, ...overrides };
}

function event(
  RequestType: CustomResourceEvent['RequestType'],
  PhysicalResourceId?: string,
): CustomResourceEvent {
  return {
    RequestType,
    RequestId: 'request',
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/x-dev-training/1',
    ResponseURL: 'https://localhost/response',
    LogicalResourceId: 'Thing',
    PhysicalResourceId,
    ResourceProperties: {
      RehearsalType: 'AWS::Test::Thing',
      RehearsalProperties: { Size: '5', Name: 'x-dev' },
      RehearsalTypes: '{"number":["/Size"],"boolean":[]}',
    },
  };
}
