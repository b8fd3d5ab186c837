import type { Definition, Parameter } from '../../../../rehearsal/sagemaker/interpreter/definition';
import { parameterValues } from '../../../../rehearsal/sagemaker/interpreter/parameters';

const values = (parameters: Parameter[], given: Array<{ Name: string; Value: string }>) =>
  Object.fromEntries(
    parameterValues({ Version: '2020-12-01', Parameters: parameters, Steps: [] } satisfies Definition, given),
  );

test('a value is given as text and read by the type of its parameter', () => {
  const parameters: Parameter[] = [
    { Name: 'S', Type: 'String' },
    { Name: 'I', Type: 'Integer' },
    { Name: 'F', Type: 'Float' },
    { Name: 'B', Type: 'Boolean' },
    { Name: 'D', Type: 'Integer', DefaultValue: 4 },
  ];
  const given = [
    { Name: 'S', Value: '1' },
    { Name: 'I', Value: '2' },
    { Name: 'F', Value: '0.5' },
    { Name: 'B', Value: 'True' },
  ];
  expect(values(parameters, given)).toEqual({ S: '1', I: 2, F: 0.5, B: true, D: 4 });
});

test.each([
  [
    [{ Name: 'A', Type: 'Integer' }],
    [{ Name: 'A', Value: '1.5' }],
    "Parameter A is of type Integer, got '1.5'",
  ],
  [[{ Name: 'A', Type: 'Float' }], [{ Name: 'A', Value: '' }], "Parameter A is of type Float, got ''"],
  [
    [{ Name: 'A', Type: 'Boolean' }],
    [{ Name: 'A', Value: 'yes' }],
    "Parameter A is of type Boolean, got 'yes'",
  ],
  [[{ Name: 'A', Type: 'String' }], [], 'Parameter A has no default, and no value was given'],
  [[{ Name: 'A', Type: 'String' }], [{ Name: 'B', Value: 'x' }], 'Unknown parameters: B, the pipeline has A'],
  [
    [{ Name: 'A', Type: 'String', EnumValues: ['x'] }],
    [{ Name: 'A', Value: 'y' }],
    'Parameter A is y, allowed: x',
  ],
] as Array<[Parameter[], Array<{ Name: string; Value: string }>, string]>)(
  'fails for %j given %j',
  (parameters, given, said) => {
    expect(() => values(parameters, given)).toThrow(said);
  },
);
