import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { PLATFORM_YAML, TEMPLATES, type TemporaryProjects, temporaryProjects } from '../fixtures/project';
import { pages, ROOT } from './pages';

/** The YAML blocks of the pages whose first line says which file they show. */
const samples = pages.flatMap((page) =>
  [
    ...readFileSync(join(ROOT, page), 'utf8').matchAll(/```yaml\n# (projects\/\S+\.yaml)\n([\s\S]*?)```/g),
  ].map(([, file = '', text = '']) => ({ page, file, text })),
);

let projects: TemporaryProjects;
beforeEach(() => {
  projects = temporaryProjects();
});
afterEach(() => projects.remove());

test('the pages show both files', () => {
  const kinds = new Set(samples.map(({ file }) => file.split('/').at(-1)));

  expect(kinds).toEqual(new Set(['platform.yaml', 'project.yaml']));
});

test.each(samples)('$file in $page is what the schema takes, in at most 25 lines', ({ file, text }) => {
  const isPlatform = file.endsWith('platform.yaml');
  projects.write('platform.yaml', isPlatform ? text : PLATFORM_YAML);
  if (!isPlatform) projects.write('mail/project.yaml', text);

  expect(() => loadConfig({ projects: projects.folder, templates: TEMPLATES })).not.toThrow();
  if (!isPlatform) expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
});

test.each(pages)('%s links to what is there', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
  const broken = targets.filter((target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(file).includes(anchor);
  });

  expect(broken).toEqual([]);
});

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
