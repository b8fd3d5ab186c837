import { readBuildspec } from '../../../rehearsal/delivery/build/buildspec';

const spec = (fields: object) => JSON.stringify({ version: 0.2, ...fields });

test('reads the phases in the order in which CodeBuild runs them', () => {
  const { phases, runtimes } = readBuildspec(
    spec({
      phases: {
        build: { commands: ['npm run build'] },
        install: { 'runtime-versions': { nodejs: 22 }, commands: ['npm ci'] },
      },
    }),
  );
  expect(phases).toEqual([
    { name: 'install', commands: ['npm ci'] },
    { name: 'build', commands: ['npm run build'] },
  ]);
  expect(runtimes).toEqual(['nodejs 22']);
});

test('reads YAML, what is exported and what is handed on', () => {
  const read = readBuildspec(`
version: 0.2
env: { shell: bash, variables: { A: 1 }, exported-variables: [SUMMARY] }
phases: { build: { commands: echo one } }
artifacts: { files: ['**/*'], exclude-paths: ['node_modules/**/*'] }
`);
  expect(read).toMatchObject({
    variables: { A: '1' },
    exported: ['SUMMARY'],
    phases: [{ name: 'build', commands: ['echo one'] }],
    artifacts: { base: '.', files: ['**/*'], exclude: ['node_modules/**/*'] },
  });
});

test.each([
  ['an older version', { version: 0.1 }, '0.1 is not played'],
  ['another shell', { env: { shell: 'powershell.exe' } }, 'powershell.exe is not played'],
  ['a phase there is not', { phases: { deploy: {} } }, 'deploy in phases is not played'],
  ['commands that run whatever happens', { phases: { build: { finally: [] } } }, 'finally in phases.build'],
  ['secrets', { env: { 'secrets-manager': {} } }, 'secrets-manager in env is not played'],
])('fails for %s, by name', (_what, fields, says) => {
  expect(() => readBuildspec(spec(fields))).toThrow(says);
});
