import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBaseModels } from '../../../lib/config/base-models';
import { loadConfig } from '../../../lib/config/load';
import { weightsHash } from '../../../pipelines/base-models';
import { TEMPLATES, temporaryProjects } from '../../fixtures/project';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (text: string) => {
  writeFileSync(join(folder, 'base_models.yaml'), text);
  return readBaseModels(folder, 'base_models.yaml');
};
const model = (files: string) => `small: { about: x, license: MIT, max_tokens: 128, files: { ${files} } }\n`;

test('weights are named by the names and the contents of their files, in whatever order these are written', () => {
  const first = weightsHash({ 'a.json': { sha256: A }, 'b.onnx': { sha256: B } });

  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(weightsHash({ 'b.onnx': { sha256: B }, 'a.json': { sha256: A } })).toBe(first);
  expect(weightsHash({ 'a.json': { sha256: B }, 'b.onnx': { sha256: A } })).not.toBe(first);
  expect(read(model(`a.json: { sha256: ${A} }, b.onnx: { sha256: ${B} }`)).models.small).toMatchObject({
    name: 'small',
    hash: first,
  });
});

test('a job names the files that it is given in the same way', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const files = { 'model.onnx': { sha256: sha256('weights') }, 'config.json': { sha256: sha256('{}') } };

  // The same vector as in the template's test of base_model.py.
  expect(weightsHash(files)).toBe('55f29d955f6843a99b89c5b8db3b269d78de6036ed9fb07d39e0c6e2cd29c435');
});

test('a project without the file has no base models, and loads: its learners may need none', () => {
  expect(readBaseModels(folder, 'base_models.yaml')).toEqual({ models: {}, problems: [] });
});

test.each([
  ['a hash that is none', 'a: { sha256: abc }', 'small.files.a.sha256: is no sha256'],
  [
    'a package without its path',
    `a: { sha256: ${A}, package: gt==1.0 }`,
    'small.files.a: names one of package and path',
  ],
  [
    'a package without a version',
    `a: { sha256: ${A}, package: gt, path: m }`,
    'small.files.a.package: is no version of a package',
  ],
  [
    'a branch of a hub, which may change',
    `a: { sha256: ${A}, hub: { repository: o/n, revision: main, path: m } }`,
    'small.files.a.hub.revision: is no commit · given "main"',
  ],
  ['a file in a folder', `a/b: { sha256: ${A} }`, 'small.files.a/b: is no name of a file'],
  ['no file', '', 'small.files: names no file'],
])('fails on %s', (_, files, expected) => {
  expect(
    read(model(files))
      .problems.map(({ key, message }) => `${key}: ${message}`)
      .join('\n'),
  ).toContain(expected);
});

test('a learner that needs weights and a project that lists none is a problem that says what to copy', () => {
  const projects = temporaryProjects();
  rmSync(join(projects.project, 'base_models.yaml'));
  const load = () => loadConfig({ projects: projects.folder, templates: TEMPLATES });

  expect(load).not.toThrow();
  projects.write(
    'mail/project.yaml',
    `kind: email-classification@1
owner: mail@example.com
fields: [subject]
targets: [topic]
gate: { macro_f1: { topic: 0.8 } }
environments:
  dev: { data: sample/, learner: embedding }
`,
  );
  expect(load).toThrow(
    /starts from weights, and .*base_models\.yaml lists none · given "embedding" .* copy the file from templates\/email-classification/,
  );
  projects.remove();
});
