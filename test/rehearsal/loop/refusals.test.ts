import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../../rehearsal/report/report';
import { type TemporaryProjects, temporaryProjects } from '../../fixtures/project';
import { type Ended, mlops } from './command';

jest.setTimeout(60_000);

const folders: TemporaryProjects[] = [];
afterAll(() => {
  for (const folder of folders) folder.remove();
});

describe('what is refused before anything is started', () => {
  const sound = projectsWith();

  test.each([
    [
      'an unknown option',
      ['rehearse', '--utnil', 'gate'],
      ["unknown option '--utnil'", 'did you mean --until?'],
    ],
    [
      'a phase that there is not',
      ['rehearse', '--until', 'gates'],
      ["'gates' is invalid", 'train, gate, register'],
    ],
    ['an unknown command', ['rehearsal'], ["unknown command 'rehearsal'", 'did you mean rehearse?']],
    ['an unknown project', ['rehearse', 'mial'], ['has no such project', 'given "mial"', 'allowed: mail']],
    [
      'rows that are not there',
      ['rehearse', '--data', 'no/such.csv'],
      ['no/such.csv: there is no such file', '--data'],
    ],
  ])('fails for %s and says what is allowed', async (_what, args, says) => {
    const ended = await refused(args[0] === 'rehearse' ? [...args, '--projects', sound.folder] : args);
    for (const part of says) expect(ended.err.toLowerCase()).toContain(part.toLowerCase());
  });

  test('fails for a folder of projects that is not there', async () => {
    const ended = await refused(['rehearse', '--projects', '/no/such/projects']);
    expect(ended.err).toContain('/no/such/projects/platform.yaml');
    expect(ended.err).toContain('does not exist');
  });

  test('fails for an unknown key with file, line, the keys there are and the one that was meant', async () => {
    const projects = projectsWith({ 'project.yaml': ['fields:', 'feilds:'] });
    const { err } = await refused(['rehearse', '--projects', projects.folder]);
    const line = lineOf(join(projects.project, 'project.yaml'), 'feilds:');
    expect(err).toContain(`${join(projects.project, 'project.yaml')}:${line} feilds: is an unknown key`);
    expect(err).toContain('allowed: kind, owner, fields, targets');
    expect(err).toContain('did you mean fields?');
  });

  test('fails for what is not YAML with file and line', async () => {
    const projects = projectsWith({ 'project.yaml': ['fields: [subject, body]', 'fields: [subject, body'] });
    const { err } = await refused(['rehearse', '--projects', projects.folder]);
    expect(err).toMatch(new RegExp(`${join(projects.project, 'project.yaml')}:\\d+ is not YAML: `));
  });

  test('fails for a Python that is too old in one line, which names the versions that will do', async () => {
    const { err, out } = await refused(['rehearse', '--projects', sound.folder], {
      PATH: `${pythonThatSays('3.9.6')}:${process.env.PATH}`,
    });
    expect(err.trim()).toBe(
      'Python 3.9.6 (/usr/bin/python3) is too old: the locked packages have wheels for Python 3.11 to 3.14; install one of them',
    );
    expect(out).toBe('');
  });

  test('fails for a Python without the venv module in one line, which says how to get it', async () => {
    const { err } = await refused(['rehearse', '--projects', sound.folder], {
      PATH: `${pythonThatSays('3.12.1', false)}:${process.env.PATH}`,
    });
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain('has no venv module; install it');
  });
});

describe('faults of a project', () => {
  test('a train.py that raises fails the training; the report has the traceback’s last lines and the log', async () => {
    const { folder } = projectsWith({
      'train.py': ['    started = time.monotonic()', '    raise ValueError("no class is left over")'],
    });
    const { out, report } = await failed(['mail', '--projects', folder, '--until', 'train']);
    const phase = report.phases.at(-1);
    expect(phase).toMatchObject({ name: 'train', ok: false });
    expect(phase?.evidence).toMatch(
      /^step Train failed: AlgorithmError: ValueError: no class is left over; train\.py:\d+ in main/,
    );

    const logs = /^Logs: (.+)$/m.exec(out)?.[1] ?? '';
    const log = /log: (sagemaker\/\S+\.log)/.exec(phase?.evidence ?? '')?.[1] ?? '';
    const text = readFileSync(join(logs, log), 'utf8');
    expect(text).toContain('Traceback (most recent call last):');
    expect(text.trim().split('\n').at(-1)).toBe('ValueError: no class is left over');
  });

  test('a bound that is not reached fails the gate with metric, value and bound; the metrics are reported', async () => {
    const { folder } = projectsWith({ 'project.yaml': ['topic: 0.85', 'topic: 0.999'] });
    const { out, report } = await failed(['--projects', folder, '--until', 'gate']);
    expect(report.phases.at(-1)).toMatchObject({ name: 'gate', ok: false });
    expect(report.phases.at(-1)?.evidence).toMatch(
      /The gate refused: macro_f1 of topic 0\.\d+ \[0\.\d+, [01]\.\d+\] is below 0\.999/,
    );
    expect(report.metrics.topic?.macro_f1).toBeLessThan(0.999);
    expect(out).toContain('macro F1');
  });

  test('rows without a column fail the training; the message names file and column', async () => {
    const { folder, project } = projectsWith();
    const rows = join(folder, 'export.csv');
    const [header = '', ...lines] = readFileSync(join(project, 'sample', 'emails.csv'), 'utf8').split('\n');
    writeFileSync(rows, [header.replace('language', 'lang'), ...lines].join('\n'));
    const { report } = await failed(['--projects', folder, '--until', 'train', '--data', rows]);
    expect(report.phases.at(-1)?.evidence).toMatch(
      /step Preprocess failed: .*export\.csv: column 'language' is missing; the file has .*'lang'.*: add it, or change fields and targets in project\.yaml/,
    );
  });
});

describe('Ctrl-C', () => {
  test.each([
    ['stacks are deployed', 'mail-dev-serving'],
    ['a model is trained', 'Train, ScoreChampion'],
  ])('while %s ends everything that was started, and leaves no folder', async (_when, shown) => {
    const { folder } = projectsWith();
    const command = mlops(['rehearse', '--projects', folder]);
    await command.shows(shown);
    expect(command.belongings().length).toBeGreaterThan(3);
    command.interrupt();
    const ended = await command.ended;
    expect(ended.code).toBe(130);
    expect(ended.err).toContain('SIGINT: stopping everything that was started');
    expect(await command.leftovers()).toEqual([]);
  });
});

/** Runs a command that must end with 2, soon, and without a trace. */
async function refused(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  const command = mlops(args, env);
  const ended = await command.ended;
  expect(ended).toMatchObject({ code: 2, out: '' });
  expect(ended.err).not.toContain('    at ');
  expect(ended.seconds).toBeLessThan(10);
  expect(await command.leftovers()).toEqual([]);
  return ended;
}

/** Runs a rehearsal that must end with 1, and reads its report. */
async function failed(args: readonly string[]): Promise<Ended & { readonly report: Report }> {
  const json = join(projectsWith().folder, 'report.json');
  const command = mlops(['rehearse', ...args, '--json', json]);
  const ended = await command.ended;
  if (ended.code !== 1) throw new Error(`it ended with ${ended.code}:\n${ended.out}\n${ended.err}`);
  expect(await command.leftovers()).toEqual([]);
  const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  expect(report.ok).toBe(false);
  expect(ended.out).toContain(`FAILED in ${report.phases.at(-1)?.name}`);
  return { ...ended, report };
}

/** A folder of projects with one project; of each named file, one piece of text is another. */
function projectsWith(
  changes: Readonly<Record<string, readonly [from: string, to: string]>> = {},
): TemporaryProjects {
  const projects = temporaryProjects();
  folders.push(projects);
  for (const [file, [from, to]] of Object.entries(changes)) {
    const path = join(projects.project, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no "${from}" to change`);
    writeFileSync(path, text.replace(from, to));
  }
  return projects;
}

const lineOf = (file: string, text: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

/** A folder with every name that Python is looked for by, all of them the same one. */
function pythonThatSays(version: string, venv = true): string {
  const folder = join(projectsWith().folder, 'bin');
  mkdirSync(folder);
  const look = JSON.stringify({ path: '/usr/bin/python3', version, venv });
  for (const name of ['python3', 'python3.11', 'python3.12', 'python3.13', 'python3.14']) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${look}'\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}
