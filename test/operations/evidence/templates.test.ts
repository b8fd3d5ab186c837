import { templateDifference } from '../../../operations/evidence/templates';
import { assemblyOf } from '../small-assembly';

const table = (name: string, policy?: string) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: { TableName: name },
  ...(policy && { DeletionPolicy: policy, UpdateReplacePolicy: policy }),
});
const parameter = (value: string, metadata?: object) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value: value },
  ...(metadata && { Metadata: metadata }),
});

test('a table that is replaced is a loss, and comes first', () => {
  const { resources } = templateDifference(
    assemblyOf({ Table: table('a', 'Delete'), One: parameter('x') }),
    assemblyOf({ Table: table('b', 'Delete'), One: parameter('y'), Two: parameter('z') }),
  );
  expect(resources).toEqual([
    expect.objectContaining({
      logicalId: 'Table',
      impact: 'replaced',
      properties: ['TableName'],
      warning: 'an empty one takes its place, and what it holds is deleted',
    }),
    expect.objectContaining({ logicalId: 'Two', impact: 'added' }),
    expect.objectContaining({ logicalId: 'One', impact: 'changed', properties: ['Value'] }),
  ]);
});

test('a retained table is not lost: it is left behind, which is said', () => {
  const replaced = templateDifference(
    assemblyOf({ Table: table('a', 'Retain') }),
    assemblyOf({ Table: table('b', 'Retain') }),
  );
  const removed = templateDifference(assemblyOf({ Table: table('a', 'Retain') }), assemblyOf({}));

  expect(replaced.resources[0]?.warning).toContain('the old one stays in the account');
  expect(removed.resources[0]).toMatchObject({
    impact: 'kept',
    warning: expect.stringContaining('goes on costing'),
  });
});

test('a table that is removed is lost', () => {
  const { resources } = templateDifference(assemblyOf({ Table: table('a', 'Delete') }), assemblyOf({}));
  expect(resources).toEqual([
    expect.objectContaining({ impact: 'removed', warning: 'what it holds is deleted' }),
  ]);
});

test('what changed only in metadata did not change', () => {
  const before = assemblyOf({ One: parameter('x', { note: 'a' }) });
  const after = assemblyOf({ One: parameter('x', { note: 'b' }) });
  expect(templateDifference(before, after).resources).toEqual([]);
});

test('stacks that come and go are named, with their resources', () => {
  const { addedStacks, removedStacks, resources } = templateDifference(
    assemblyOf({ One: parameter('x') }, { name: 'mail-dev-old' }),
    assemblyOf({ One: parameter('x') }, { name: 'mail-dev-new' }),
  );
  expect({ addedStacks, removedStacks }).toEqual({
    addedStacks: ['mail-dev-new'],
    removedStacks: ['mail-dev-old'],
  });
  expect(resources.map(({ impact }) => impact)).toEqual(['removed', 'added']);
});
