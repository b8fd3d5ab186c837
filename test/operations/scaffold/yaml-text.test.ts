import { followEnvironments } from '../../../operations/scaffold/environments';
import { replaceValues } from '../../../operations/scaffold/yaml-text';

const yaml = `# what it is
fields: [a, b]   # what it reads
gate:            # what it reaches
  macro_f1:
    x: 0.8
    y: 0.9
  champion: not_worse
environments:
  dev:   # on the sample
    data: sample/
  prod:
    # on real data
    data: s3://exports/
api: { auth: iam }
`;

test('values are replaced, and order, comments and their columns stay', () => {
  const replaced = replaceValues(yaml, [
    { path: ['fields'], text: '[text]' },
    { path: ['gate', 'macro_f1'], text: '{ z: 0.7 }' },
  ]);
  expect(replaced.split('\n').slice(0, 6)).toEqual([
    '# what it is',
    'fields: [text]   # what it reads',
    'gate:            # what it reaches',
    '  macro_f1:',
    '    { z: 0.7 }',
    '  champion: not_worse',
  ]);
});

test('fails where the file has nothing to replace', () => {
  expect(() => replaceValues(yaml, [{ path: ['gate', 'f1'], text: '1' }])).toThrow('the file has no gate.f1');
});

test.each([
  [
    ['dev', 'prod'],
    ['dev: sample/', 'prod: s3://exports/'],
  ],
  [['dev'], ['dev: sample/']],
  [
    ['play', 'live'],
    ['play: sample/', 'live: s3://exports/'],
  ],
  [
    ['dev', 'test', 'prod'],
    ['dev: sample/', 'test: s3://exports/', 'prod: s3://exports/'],
  ],
])('a project runs in the environments %j', (environments, expected) => {
  const followed = followEnvironments(yaml, environments);
  const found = [
    ...followed.matchAll(/^ {2}(\w+):(?: {3}# on the sample)?\n(?: {4}# on real data\n)? {4}data: (.*)$/gm),
  ];
  expect(found.map(([, name, data]) => `${name}: ${data}`)).toEqual(expected);
  expect(followed).toMatch(/\napi: \{ auth: iam \}\n$/);
  expect(followed.startsWith(yaml.slice(0, yaml.indexOf('environments:')))).toBe(true);
});

test('fails on environments in braces, whose lines cannot be told apart', () => {
  expect(() => followEnvironments('environments: { dev: {} }\n', ['prod'])).toThrow(
    'write it so, without braces',
  );
});
