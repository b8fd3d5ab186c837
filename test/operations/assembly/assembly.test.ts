import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssembly } from '../../../operations/assembly/assembly';
import { inTemporaryFolder } from '../../../operations/assembly/synthesize';
import { textOf } from '../../../operations/assembly/text';

const folder = mkdtempSync(join(tmpdir(), 'mlops-assembly-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('stacks are read with the environment and the project of their tags', () => {
  const stack = (environment: string, tags: object) => ({
    type: 'aws:cloudformation:stack',
    environment,
    properties: { templateFile: 't.json', tags },
  });
  writeFileSync(join(folder, 't.json'), '{"Resources":{}}');
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({
      artifacts: {
        'mail-dev-storage': stack('aws://111122223333/eu-west-1', {
          'mlops:environment': 'dev',
          'mlops:project': 'mail',
        }),
        'dev-platform': stack('aws://111122223333/eu-west-1', { 'mlops:environment': 'dev' }),
        Tree: { type: 'cdk:tree' },
      },
    }),
  );
  expect(readAssembly(folder).stacks).toEqual([
    expect.objectContaining({ name: 'dev-platform', environment: 'dev', project: undefined }),
    expect.objectContaining({ name: 'mail-dev-storage', project: 'mail', region: 'eu-west-1' }),
  ]);
});

test('a folder that holds no assembly is refused with how to make one', () => {
  expect(() => readAssembly(join(folder, 'nothing'))).toThrow(/holds no cloud assembly .* npx cdk synth/);
});

test('a temporary folder is gone also when the work in it failed', async () => {
  let made = '';
  const work = inTemporaryFolder((temporary) => {
    made = temporary;
    return Promise.reject(new Error('failed'));
  });
  await expect(work).rejects.toThrow('failed');
  expect(existsSync(made)).toBe(false);
});

test.each([
  [{ Ref: 'Bucket' }, `\${Bucket}`],
  [{ 'Fn::GetAtt': ['Role', 'Arn'] }, `\${Role.Arn}`],
  [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] }, `\${Bucket.Arn}/*`],
  [{ 'Fn::Sub': `arn:\${AWS::Partition}` }, `arn:\${AWS::Partition}`],
  [{ 'Fn::ImportValue': 'x' }, '{"Fn::ImportValue":"x"}'],
])('%j is read as %s', (value, text) => {
  expect(textOf(value)).toBe(text);
});
