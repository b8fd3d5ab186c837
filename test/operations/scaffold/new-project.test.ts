import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../lib/config/load';
import { parseCsv } from '../../../operations/scaffold/new/csv';
import { type NewProject, newProject } from '../../../operations/scaffold/new/new-project';
import { PLATFORM_YAML, TEMPLATES } from '../../fixtures/project';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-new-'));
  writeFileSync(join(folder, 'platform.yaml'), PLATFORM_YAML);
});
afterEach(() => rmSync(folder, { recursive: true }));

const KIND = 'email-classification';
const make = (name: string, rest: Partial<NewProject> = {}) =>
  newProject({ kind: KIND, name, projects: folder, templates: TEMPLATES, ...rest });
const text = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
const files = (at: string) => readdirSync(at, { recursive: true, encoding: 'utf8' }).sort();

describe.each(readdirSync(TEMPLATES).filter((name) => existsSync(join(TEMPLATES, name, 'kind.yaml'))))(
  'a project made from %s',
  (kind) => {
    test('passes every rule of the configuration, unedited, and no placeholder is left in it', () => {
      make('tickets', { kind });
      const { projects } = loadConfig({ projects: folder, templates: TEMPLATES });
      expect(projects.map(({ name }) => name)).toEqual(['tickets']);
      const open = readdirSync(join(folder, 'tickets'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes('{{name'));
      expect(open.map(({ name }) => name)).toEqual([]);
    });

    test('has a stamp: its kind and version, its name, and the hash of each of its files', () => {
      make('tickets', { kind: `${kind}@1` });
      const stamp = JSON.parse(text('tickets', '.template.json'));
      expect(stamp).toMatchObject({ kind, version: 1, project: 'tickets' });
      const made = files(join(folder, 'tickets')).filter((path) => path in stamp.files);
      expect(Object.keys(stamp.files).sort()).toEqual(made);
      expect(made).not.toContain('kind.yaml');
      for (const path of made) {
        const hash = createHash('sha256')
          .update(readFileSync(join(folder, 'tickets', path)))
          .digest('hex');
        expect(stamp.files[path]).toBe(hash);
      }
    });
  },
);

test('columns, gate and sample follow the wish, and the generator makes the same sample again', () => {
  const { columns } = make('tickets', { fields: ['text'], targets: ['queue', 'urgency'] });
  const { projects } = loadConfig({ projects: folder, templates: TEMPLATES });
  expect(projects[0]).toMatchObject({
    fields: ['text'],
    targets: ['queue', 'urgency'],
    gate: { macro_f1: { queue: 0.85, urgency: 0.8 } },
  });
  expect(columns.fields).toEqual([{ name: 'text', parts: ['subject', 'body'] }]);
  const sample = text('tickets', 'sample/emails.csv');
  expect(parseCsv(sample)).toHaveLength(
    parseCsv(readFileSync(join(TEMPLATES, KIND, 'sample/emails.csv'), 'utf8')).length,
  );
  expect(sample.startsWith('text,queue,urgency\n')).toBe(true);
  const again = join(folder, 'again.csv');
  execFileSync('python3', ['-B', join(folder, 'tickets/sample/generate.py'), '--out', again]);
  expect(readFileSync(again, 'utf8')).toBe(sample);
});

test('it runs in the environments that the platform has', () => {
  writeFileSync(
    join(folder, 'platform.yaml'),
    PLATFORM_YAML.replace(/^ {2}prod: .*\n/m, '').replace('  dev:', '  play:'),
  );
  const { project } = make('tickets');
  expect(Object.keys(project.environments)).toEqual(['play']);
  expect(project.environments.play?.data).toBe('sample/');
});

describe('nothing changes when it is refused:', () => {
  const refused = (work: () => unknown, message: string | RegExp) => {
    const before = files(folder);
    expect(work).toThrow(message);
    expect(files(folder)).toEqual(before);
  };

  test('a kind that is mistyped, planned or of another version', () => {
    refused(() => make('x', { kind: 'email-clasification' }), `allowed: ${KIND} · did you mean ${KIND}?`);
    refused(() => make('x', { kind: 'call-summarization' }), 'KIND is not built yet');
    refused(() => make('x', { kind: `${KIND}@7` }), `has no version 7 here · allowed: ${KIND}@1`);
  });

  test.each([
    ['a'.repeat(21), '2 to 20 lower-case letters'],
    ['Mail', 'is not the name of a project'],
    ['../mail', 'is not the name of a project'],
    ['mlops-mail', 'begins like the names of the platform itself'],
  ])('the name %s', (name, message) => refused(() => make(name), message));

  test('a name that is taken, or lies within the names of another, in an environment or in delivery', () => {
    make('mail');
    refused(
      () => make('mail'),
      'is there already · choose another name, or remove it: npm run remove -- mail',
    );
    refused(() => make('mail-dev-x'), 'lies within the names of project mail · given "mail-dev-x"');
    refused(() => make('mail-delivery'), 'lies within the names of project mail · given "mail-delivery"');
  });

  test('a name within which another project would lie from then on', () => {
    make('mail-prod-x');
    refused(() => make('mail'), 'lies within the names of project mail');
  });

  test('columns that cannot be', () =>
    refused(() => make('tickets', { fields: ['A'] }), '--fields is not a column name'));

  test('machines of the template that the guard rails forbid', () => {
    writeFileSync(
      join(folder, 'platform.yaml'),
      PLATFORM_YAML.replace('guardrails: {', 'guardrails: { instances: [ml.m5.large],'),
    );
    refused(
      () => make('mail'),
      /^nothing was made.*\n.*mail\/project.yaml:18 environments.prod.train.instance: is not allowed by the guard rails/,
    );
  });

  test('a platform.yaml that is not there or has mistakes', () => {
    writeFileSync(join(folder, 'platform.yaml'), PLATFORM_YAML.replace('owner:', 'ownr:'));
    refused(() => make('x'), 'ownr: is an unknown key');
    rmSync(join(folder, 'platform.yaml'));
    refused(() => make('x'), 'does not exist');
  });
});

test('a mistake in another project is not its fault', () => {
  make('mail');
  writeFileSync(join(folder, 'mail/project.yaml'), 'kind: nonsense\n');
  expect(() => make('tickets')).not.toThrow();
});

test('a renamed folder is refused with what a rename would leave behind, and what to do', () => {
  make('mail');
  renameSync(join(folder, 'mail'), join(folder, 'post'));
  const load = () => loadConfig({ projects: folder, templates: TEMPLATES });
  expect(load).toThrow(
    /the folder has another name than the project was made with; .* run on · given "post" · allowed: mail/,
  );
  expect(load).toThrow('npm run remove -- mail');
  renameSync(join(folder, 'post'), join(folder, 'mail'));
  expect(load).not.toThrow();
});

test('a copied folder is told as well', () => {
  make('mail');
  cpSync(join(folder, 'mail'), join(folder, 'copy'), { recursive: true });
  expect(() => loadConfig({ projects: folder, templates: TEMPLATES })).toThrow(
    'given "copy" · allowed: mail',
  );
});
