import { loadConfig } from '../../../lib/config/load';
import { changedProjects } from '../../../operations/evidence/changed-projects';
import { codeownersOf } from '../../../operations/evidence/codeowners';
import { TEMPLATES, temporaryProjects } from '../../fixtures/project';

const projects = temporaryProjects();
const config = loadConfig({ projects: projects.folder, templates: TEMPLATES });
const [mail] = config.projects;
afterAll(() => projects.remove());

test('the owner of a project reviews its folder, the owner of the platform the rest', () => {
  const lines = codeownersOf(config)
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(/ +/));
  expect(lines).toEqual([
    ['*', 'ml-platform@example.com'],
    ['/projects/mail/', mail?.owner],
  ]);
});

describe('a change is about', () => {
  const kind = (name: string) => ({ name }) as (typeof config.projects)[number]['kind'];
  const all = [
    { name: 'calls', kind: kind('speech') },
    { name: 'letters', kind: kind('mail') },
    { name: 'mail', kind: kind('mail') },
  ];

  test.each([
    ['the project whose folder changed', ['projects/mail/train.py'], ['mail']],
    ['nothing where documents changed', ['README.md', 'projects/mail/README.md', 'docs/a.md'], []],
    ['one project of each kind where all have changed', ['lib/stacks/serving-stack.ts'], ['calls', 'mail']],
    ['the platform, which all have', ['projects/platform.yaml'], ['calls', 'mail']],
    ['packages, which all have', ['package-lock.json'], ['calls', 'mail']],
    [
      'a changed project rather than another of its kind',
      ['lib/a.ts', 'projects/letters/a.py'],
      ['calls', 'letters'],
    ],
    ['no project with a name that only begins alike', ['projects/mailing/train.py'], []],
  ])('%s', (_what, files, expected) => {
    expect(changedProjects(all, files)).toEqual(expected);
  });
});
