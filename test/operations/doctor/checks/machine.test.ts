import { loadConfig } from '../../../../lib/config/load';
import { placeholders } from '../../../../operations/doctor/checks/placeholders';
import { repository } from '../../../../operations/doctor/checks/repository';
import { tools } from '../../../../operations/doctor/checks/tools';
import { type Machine, type Ran, runProgram } from '../../../../operations/doctor/machine';
import { PLATFORM_YAML, TEMPLATES, temporaryProjects } from '../../../fixtures/project';

const projects = temporaryProjects();
afterAll(() => projects.remove());

/** A machine on which programs answer what is listed; the others are not installed. */
function machineWith(answers: Readonly<Record<string, string | Ran>>, node = 'v20.11.0'): Machine {
  return {
    config: loadConfig({ projects: projects.folder, templates: TEMPLATES }),
    projects: projects.folder,
    node,
    run: async (program, args) => {
      const answer = answers[[program, ...args].join(' ')];
      return typeof answer === 'string' ? { code: 0, output: answer } : answer;
    },
  };
}

describe('placeholders', () => {
  afterEach(() => projects.write('platform.yaml', PLATFORM_YAML));

  test('are told with their lines, a finding a file', async () => {
    const seen = await placeholders.look(machineWith({}));
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({
      level: 'error',
      fix: expect.stringMatching(/^npm run init, or edit .*platform.yaml:1$/),
    });
    expect(seen[0]?.what).toContain('line 1 "example"');
    expect(seen[1]?.what).toContain('project.yaml still holds example values');
  });

  test('that were replaced are gone', async () => {
    const text = PLATFORM_YAML.replaceAll('example', 'acme')
      .replace(/"\d{12}"/g, '"210987654321"')
      .replaceAll('000011112222', '210987654321')
      .replace('00000000-0000-0000-0000-000000000000', 'aaaaaaaa-0000-0000-0000-000000000000');
    projects.write('platform.yaml', text);
    const seen = await placeholders.look(machineWith({}));
    expect(seen.map(({ what }) => what).join()).not.toContain('platform.yaml');
  });
});

describe('repository', () => {
  beforeAll(() =>
    projects.write('platform.yaml', PLATFORM_YAML.replace('example/mlops', 'acme/ml-platform')),
  );
  afterAll(() => projects.write('platform.yaml', PLATFORM_YAML));

  const branch = 'git rev-parse --verify --quiet refs/remotes/origin/main';
  const remote = (url: string) => ({ 'git remote -v': `origin\t${url} (fetch)\norigin\t${url} (push)\n` });

  test.each([
    'git@github.com:acme/ml-platform.git',
    'https://github.com/acme/ml-platform',
    'https://gitlab.com/Acme/ML-platform.git/',
    'ssh://git@bitbucket.org/acme/ml-platform.git',
  ])('%s is the one that is delivered', async (url) => {
    expect(await repository.look(machineWith({ ...remote(url), [branch]: '1234' }))).toMatchObject([
      { level: 'ok' },
    ]);
  });

  test('another one is an error, and no password in a URL is shown', async () => {
    const [seen] = await repository.look(
      machineWith(remote('https://me:secret@github.com/acme/ml-platform-fork.git')),
    );
    expect(seen).toMatchObject({
      level: 'error',
      what: expect.stringContaining('no remote of this checkout is acme/ml-platform'),
    });
    expect(seen?.what).not.toContain('secret');
  });

  test('a branch that was never pushed is a warning', async () => {
    const machine = machineWith({
      ...remote('git@github.com:acme/ml-platform.git'),
      [branch]: { code: 1, output: '' },
    });
    expect(await repository.look(machine)).toMatchObject([
      { level: 'warning', fix: expect.stringContaining('git push -u origin main') },
    ]);
  });

  test('a folder that is no repository is an error', async () => {
    const machine = machineWith({ 'git remote -v': { code: 128, output: 'fatal: not a git repository' } });
    expect(await repository.look(machine)).toMatchObject([
      { level: 'error', fix: expect.stringContaining('git init') },
    ]);
  });

  test('nothing is said while platform.yaml has the example', async () => {
    projects.write('platform.yaml', PLATFORM_YAML);
    expect(await repository.look(machineWith(remote('git@github.com:acme/other.git')))).toEqual([]);
  });
});

describe('tools', () => {
  const ALL = {
    'python3 --version': 'Python 3.11.7',
    'git --version': 'git version 2.39.5',
    'aws --version': 'aws-cli/2.17.1',
  };
  const levels = async (machine: Machine) => (await tools.look(machine)).map(({ level }) => level);

  test('are as they should be', async () => {
    expect(await levels(machineWith(ALL))).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('a newer Python under another name does', async () => {
    const seen = await tools.look(
      machineWith({ ...ALL, 'python3 --version': 'Python 3.9.1', 'python3.12 --version': 'Python 3.12.3' }),
    );
    expect(seen[1]).toEqual({ level: 'ok', what: 'Python 3.12.3 (python3.12)' });
  });

  test('that are too old or missing are told, each with where to get it', async () => {
    const seen = await tools.look(machineWith({ 'python3 --version': 'Python 3.9.1' }, 'v18.20.0'));
    expect(seen.map(({ level }) => level)).toEqual(['error', 'warning', 'error', 'warning']);
    expect(seen[1]?.what).toContain('only Python 3.9.1 is here');
    for (const { fix } of seen) expect(fix).toContain('https://');
  });
});

test('a program that is not there is nothing, and one that fails gives its code', async () => {
  expect(await runProgram('no-such-program-anywhere', [])).toBeUndefined();
  expect(await runProgram(process.execPath, ['-e', 'console.error("no"); process.exit(3)'])).toEqual({
    code: 3,
    output: 'no\n',
  });
});
