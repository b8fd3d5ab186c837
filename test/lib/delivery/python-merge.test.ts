import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestOrganisation, testOrganisation } from '../../fixtures/organisation';

const templatesOf = ({ app }: TestOrganisation) =>
  Object.fromEntries(app.synth().stacks.map(({ stackName, template }) => [stackName, template]));

/** Templates of an organisation whose train.py was changed. */
function templatesWith(change: (text: string) => string, file = 'train.py') {
  const organisation = testOrganisation((projects) => {
    projects.write(`mail/${file}`, change(readFileSync(join(projects.project, file), 'utf8')));
  });
  const templates = templatesOf(organisation);
  organisation.remove();
  return templates;
}

test('a merge of Python only changes no template, of delivery neither', () => {
  const before = templatesWith((text) => text);
  const after = templatesWith((text) => `${text}\n# another learner\n`);

  expect(Object.keys(after)).toContain('mail-delivery');
  expect(after).toEqual(before);
});

test('a changed lock is a changed image, and so a changed template', () => {
  const lock = 'environments/linear/requirements.lock';
  const before = templatesWith((text) => text, lock);
  const after = templatesWith((text) => `${text}# newer\n`, lock);

  expect(after['mail-dev-training']).not.toEqual(before['mail-dev-training']);
  expect(after['mail-delivery']).toEqual(before['mail-delivery']);
});
