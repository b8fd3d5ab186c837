import { validateDefinition } from '../../../pipelines/definition/validate';

test('a definition of two steps that hand over is valid', () => {
  expect(
    validateDefinition(
      definition([
        processing('A'),
        reader('B', "Steps.A.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri"),
      ]),
    ),
  ).toEqual([]);
});

test.each([
  ['no object', 'nonsense', /must be a JSON object/],
  ['another version', { Version: '2019-01-01', Steps: [processing('A')] }, /Version must be "2020-12-01"/],
  ['no step', definition([]), /at least one step/],
  ['a name used twice', definition([processing('A'), processing('A')]), /step name A is used twice/],
  [
    'an unknown step type',
    definition([{ Name: 'A', Type: 'Train', Arguments: {} }]),
    /step type Train is unknown/,
  ],
  ['an undeclared parameter', definition([reader('A', 'Parameters.Data')]), /parameter Data is not declared/],
  ['an unknown step', definition([reader('A', 'Steps.Z.X')]), /Steps\.Z\.X names no step/],
  [
    'an unknown output',
    definition([processing('A'), reader('B', "Steps.A.ProcessingOutputConfig.Outputs['x'].S3Output.S3Uri")]),
    /step A has no output x, it has out/,
  ],
  [
    'an unknown property file',
    definition([processing('A'), condition('C', 'Steps.A.PropertyFiles.Missing')]),
    /no property file Missing/,
  ],
  ['an unknown execution variable', definition([reader('A', 'Execution.Id')]), /Execution\.Id is unknown/],
  ['a reference to nowhere', definition([reader('A', 'Jobs.X')]), /must begin with Parameters/],
  [
    'JsonGet outside a Condition',
    definition([processing('A'), { ...processing('B'), Arguments: jsonGet('Steps.A.PropertyFiles.F') }]),
    /inside a Condition only/,
  ],
  [
    'a Condition in a branch',
    definition([
      processing('A'),
      condition('C', 'Steps.A.PropertyFiles.F', [condition('D', 'Steps.A.PropertyFiles.F')]),
    ]),
    /must not stand in a branch/,
  ],
  [
    'a dependency on a Fail',
    definition([
      { Name: 'F', Type: 'Fail', Arguments: {} },
      { ...processing('A'), DependsOn: ['F'] },
    ]),
    /must not name a Fail step/,
  ],
  [
    'steps that wait for each other',
    definition([
      { ...processing('A'), DependsOn: ['B'] },
      { ...processing('B'), DependsOn: ['A'] },
    ]),
    /wait for each other: A → B → A/,
  ],
  [
    'a key on local storage',
    definition([
      {
        ...processing('A'),
        Arguments: {
          ProcessingResources: {
            ClusterConfig: {
              InstanceType: 'ml.g5.xlarge',
              VolumeKmsKeyId: 'k',
            },
          },
        },
      },
    ]),
    /takes no VolumeKmsKeyId/,
  ],
  [
    'a number as hyperparameter',
    definition([
      {
        Name: 'T',
        Type: 'Training',
        Arguments: { HyperParameters: { epochs: 3 } },
      },
    ]),
    /must be a string, got 3/,
  ],
  [
    'spot without a checkpoint',
    definition([
      {
        Name: 'T',
        Type: 'Training',
        Arguments: {
          EnableManagedSpotTraining: true,
          StoppingCondition: {
            MaxRuntimeInSeconds: 2,
            MaxWaitTimeInSeconds: 1,
          },
        },
      },
    ]),
    /CheckpointConfig/,
  ],
  [
    'a default of another type',
    {
      ...definition([processing('A')]),
      Parameters: [{ Name: 'N', Type: 'Integer', DefaultValue: '3' }],
    },
    /N is a Integer, its default is "3"/,
  ],
  [
    'a retry policy with two ends',
    definition([
      {
        ...processing('A'),
        RetryPolicies: [{ MaxAttempts: 1, ExpireAfterMin: 2 }],
      },
    ]),
    /not both/,
  ],
])('fails on %s', (_, given, message) => {
  expect(validateDefinition(given).join('\n')).toMatch(message);
});

test('all faults are told at once', () => {
  const faults = validateDefinition(definition([reader('A', 'Parameters.X'), reader('A', 'Steps.Z.Y')]));

  expect(faults).toHaveLength(3);
});

function definition(steps: unknown[]) {
  return { Version: '2020-12-01', Parameters: [], Steps: steps };
}

function processing(name: string) {
  return {
    Name: name,
    Type: 'Processing',
    Arguments: { ProcessingOutputConfig: { Outputs: [{ OutputName: 'out' }] } },
    PropertyFiles: [{ PropertyFileName: 'F', OutputName: 'out', FilePath: 'f.json' }],
  };
}

function reader(name: string, reference: string) {
  return {
    Name: name,
    Type: 'Processing',
    Arguments: { ImageUri: { Get: reference } },
  };
}

function jsonGet(file: string) {
  return { 'Std:JsonGet': { PropertyFile: { Get: file }, Path: 'x' } };
}

function condition(name: string, file: string, ifSteps: unknown[] = []) {
  return {
    Name: name,
    Type: 'Condition',
    Arguments: {
      Conditions: [{ Type: 'Equals', LeftValue: jsonGet(file), RightValue: true }],
      IfSteps: ifSteps,
      ElseSteps: [],
    },
  };
}
