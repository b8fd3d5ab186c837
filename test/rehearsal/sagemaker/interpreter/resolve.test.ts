import { resolve, type Scope } from '../../../../rehearsal/sagemaker/interpreter/resolve';

test.each([
  ['a literal', 3, 3],
  ['a parameter with its type', { Get: 'Parameters.Rows' }, 500],
  ['an execution variable', { Get: 'Execution.PipelineExecutionId' }, 'abc123'],
  ['an experiment name', { Get: 'PipelineExperimentConfig.ExperimentName' }, 'mails'],
  ['a step property', { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' }, 's3://b/model.tar.gz'],
  [
    'an output by its name',
    { Get: "Steps.Prepare.ProcessingOutputConfig.Outputs['test'].S3Output.S3Uri" },
    's3://b/test/',
  ],
  ['an entry by its number', { Get: 'Steps.Prepare.ProcessingOutputConfig.Outputs[0].OutputName' }, 'train'],
  [
    'a join',
    { 'Std:Join': { On: '/', Values: ['s3://b', { Get: 'Execution.PipelineExecutionId' }, 1, true] } },
    's3://b/abc123/1/true',
  ],
  [
    'a value of a property file',
    { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Prepare.PropertyFiles.Report' }, Path: 'gate.passed' } },
    true,
  ],
  [
    'a value of a file in S3',
    {
      'Std:JsonGet': {
        S3Uri: { 'Std:Join': { On: '', Values: ['s3://b/', 'x.json'] } },
        Path: "rows['1'][0]",
      },
    },
    7,
  ],
  [
    'a structure with references in it',
    { a: [{ Get: 'Parameters.Rows' }], b: { c: 'd' } },
    { a: [500], b: { c: 'd' } },
  ],
])('resolves %s', async (_what, value, expected) => {
  await expect(resolve(value, scope())).resolves.toEqual(expected);
});

test.each([
  ['a parameter that does not exist', { Get: 'Parameters.None' }, 'Parameters.None has no value'],
  [
    'a property that the step has not',
    { Get: 'Steps.Train.ExitMessage' },
    'Steps.Train.ExitMessage has no value',
  ],
  [
    'a path that the file has not',
    { 'Std:JsonGet': { S3Uri: 's3://b/x.json', Path: 'none' } },
    's3://b/x.json has nothing at none',
  ],
  [
    'a join of structures',
    { 'Std:Join': { On: '', Values: [{ Get: 'Steps.Train.ModelArtifacts' }] } },
    'Std:Join cannot join',
  ],
])('fails for %s', async (_what, value, said) => {
  await expect(resolve(value, scope())).rejects.toThrow(said);
});

test('the current time is the time of asking', async () => {
  const asked = await resolve({ Get: 'Execution.CurrentDateTime' }, scope());
  expect(Math.abs(Date.now() - Date.parse(String(asked)))).toBeLessThan(5000);
});

function scope(): Scope {
  const files: Record<string, unknown> = {
    's3://b/report.json': { gate: { passed: true } },
    's3://b/x.json': { rows: { 1: [7] } },
  };
  return {
    parameters: new Map([['Rows', 500]]),
    execution: { PipelineExecutionId: 'abc123' },
    experiment: { ExperimentName: 'mails' },
    steps: new Map([
      ['Train', { ModelArtifacts: { S3ModelArtifacts: 's3://b/model.tar.gz' } }],
      [
        'Prepare',
        {
          ProcessingOutputConfig: {
            Outputs: [
              { OutputName: 'train', S3Output: { S3Uri: 's3://b/train/' } },
              { OutputName: 'test', S3Output: { S3Uri: 's3://b/test/' } },
            ],
          },
        },
      ],
    ]),
    propertyFile: () => 's3://b/report.json',
    readJson: async (uri) => files[uri],
  };
}
