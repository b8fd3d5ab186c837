import { allHold, holds } from '../../../../rehearsal/sagemaker/interpreter/conditions';
import type { Scope } from '../../../../rehearsal/sagemaker/interpreter/resolve';

const scope: Scope = {
  parameters: new Map<string, string | number | boolean>([
    ['Bound', 0.8],
    ['Learner', 'linear'],
  ]),
  execution: {},
  experiment: {},
  steps: new Map(),
  propertyFile: () => '',
  readJson: async () => ({}),
};
const bound = { Get: 'Parameters.Bound' };
const compare = (Type: string, LeftValue: unknown, RightValue: unknown) => ({ Type, LeftValue, RightValue });

test.each([
  [compare('Equals', 0.8, bound), true],
  [compare('Equals', '0.8', bound), false],
  [compare('Equals', true, true), true],
  [compare('Equals', 'True', true), false],
  [compare('GreaterThan', 0.8, bound), false],
  [compare('GreaterThan', 0.9, bound), true],
  [compare('GreaterThanOrEqualTo', 0.8, bound), true],
  [compare('GreaterThanOrEqualTo', 0.7, bound), false],
  [compare('LessThan', 0.7, bound), true],
  [compare('LessThan', 0.8, bound), false],
  [compare('LessThanOrEqualTo', 0.8, bound), true],
  [compare('LessThanOrEqualTo', 0.9, bound), false],
  [{ Type: 'In', QueryValue: { Get: 'Parameters.Learner' }, Values: ['linear', 'embedding'] }, true],
  [{ Type: 'In', Value: { Get: 'Parameters.Learner' }, In: ['transformer'] }, false],
  [{ Type: 'Not', Condition: compare('Equals', 1, 1) }, false],
  [{ Type: 'Or', Conditions: [compare('Equals', 1, 2), compare('Equals', 2, 2)] }, true],
  [{ Type: 'Or', Conditions: [compare('Equals', 1, 2)] }, false],
])('%j is %s', async (condition, expected) => {
  await expect(holds(condition, scope)).resolves.toBe(expected);
});

test('a list of conditions holds only if each one does', async () => {
  await expect(allHold([compare('Equals', 1, 1), compare('Equals', 1, 2)], scope)).resolves.toBe(false);
  await expect(allHold([compare('Equals', 1, 1), compare('Equals', 2, 2)], scope)).resolves.toBe(true);
});

test('fails for a comparison of a text with a number', async () => {
  await expect(holds(compare('LessThan', '1', 2), scope)).rejects.toThrow('cannot compare "1" with 2');
});

test('fails for a condition type that AWS does not have', async () => {
  await expect(holds({ Type: 'NotEquals' }, scope)).rejects.toThrow(
    'condition type NotEquals is unknown, allowed: Equals',
  );
});
