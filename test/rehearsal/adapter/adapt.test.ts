import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { adapt } from '../../../rehearsal/adapter/adapt';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rehearsal-adapter-')));
const assembly = join(folder, 'cdk.out');
const output = join(folder, 'adapted');
const types = new Set(['AWS::S3::Bucket', 'AWS::Lambda::Function']);
const code = '0'.repeat(64);

beforeAll(() => {
  mkdirSync(join(assembly, `asset.${code}`), { recursive: true });
  const stacks = {
    'dev-platform': { Bucket: { Type: 'AWS::S3::Bucket' } },
    'x-dev-training': { Pipeline: { Type: 'AWS::SageMaker::Pipeline' } },
    'prod-platform': {},
  };
  const artifacts = Object.entries(stacks).flatMap(([name, Resources]) => {
    const template = JSON.stringify({ Resources });
    write(`${name}.template.json`, template);
    write(`${name}.assets.json`, JSON.stringify({ version: '55.0.0', files: assets(name, template) }));
    return [
      [`${name}.assets`, { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } }],
      [name, stackArtifact(name, template)],
    ];
  });
  const tree = ['Tree', { type: 'cdk:tree', properties: { file: 'tree.json' } }];
  const manifest = { version: '55.0.0', artifacts: Object.fromEntries([...artifacts, tree]) };
  write('manifest.json', JSON.stringify(manifest));
  write('validation-report.json', '{"conclusion":"failure"}');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the copy has the wanted stacks, without the others and without the validation report', () => {
  const before = readFileSync(join(assembly, 'manifest.json'), 'utf8');
  const adapted = adaptIt(['dev-platform', 'x-dev-training']);
  expect(Object.keys(read('manifest.json').artifacts)).toEqual([
    'dev-platform',
    'dev-platform.assets',
    'x-dev-training',
    'x-dev-training.assets',
  ]);
  expect(read('manifest.json').artifacts['x-dev-training'].dependencies).toEqual([
    'x-dev-training.assets',
    'dev-platform',
  ]);
  expect(existsSync(join(output, 'validation-report.json'))).toBe(false);
  expect(adapted.changes).toHaveLength(1);
  expect(readFileSync(join(assembly, 'manifest.json'), 'utf8')).toBe(before);
});

test('an adapted template is published under the hash of its new text, an unchanged one under its own', () => {
  adaptIt(['dev-platform', 'x-dev-training']);
  for (const stack of ['dev-platform', 'x-dev-training']) {
    const hash = sha256(readFileSync(join(output, `${stack}.template.json`)));
    const files = read(`${stack}.assets.json`).files;
    expect(files[hash].destinations.here.objectKey).toBe(`${hash}.json`);
    const { properties } = read('manifest.json').artifacts[stack];
    expect(properties.stackTemplateAssetObjectUrl).toBe(`s3://assets/${hash}.json`);
  }
  const untouched = readFileSync(join(assembly, 'dev-platform.template.json'));
  expect(readFileSync(join(output, 'dev-platform.template.json'))).toEqual(untouched);
});

test('other assets are used where they are', () => {
  adaptIt(['x-dev-training']);
  const { source } = read('x-dev-training.assets.json').files[code];
  expect(resolve(output, source.path)).toBe(join(assembly, `asset.${code}`));
});

test('what only another stack needed is no longer a dependency', () => {
  adaptIt(['x-dev-training']);
  expect(read('manifest.json').artifacts['x-dev-training'].dependencies).toEqual(['x-dev-training.assets']);
});

test('fails on a stack that is not in the assembly, naming those that are', () => {
  expect(() => adaptIt(['x-test-training'])).toThrow(
    'stack x-test-training is not in the assembly; it has dev-platform, x-dev-training, prod-platform',
  );
});

function adaptIt(stacks: string[]) {
  return adapt({ assembly, output, stacks, types, serviceToken: 'arn:aws:lambda:::function:bridge' });
}

function stackArtifact(name: string, template: string) {
  return {
    type: 'aws:cloudformation:stack',
    properties: {
      templateFile: `${name}.template.json`,
      stackTemplateAssetObjectUrl: `s3://assets/${sha256(template)}.json`,
    },
    dependencies: [`${name}.assets`, ...(name === 'x-dev-training' ? ['dev-platform'] : [])],
  };
}

function assets(name: string, template: string) {
  const hash = sha256(template);
  return {
    [hash]: {
      source: { path: `${name}.template.json`, packaging: 'file' },
      destinations: { here: { bucketName: 'assets', objectKey: `${hash}.json` } },
    },
    [code]: {
      source: { path: `asset.${code}`, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${code}.zip` } },
    },
  };
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const write = (name: string, text: string) => writeFileSync(join(assembly, name), text);
const read = (name: string) => JSON.parse(readFileSync(join(output, name), 'utf8'));
