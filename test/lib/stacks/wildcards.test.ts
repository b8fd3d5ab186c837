import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testOrganisation } from '../../fixtures/organisation';
import { resourcesOf, statementsOf } from '../../fixtures/resources';

const organisation = testOrganisation();
const statements = statementsOf(
  // A boundary gives nothing: its wildcards are a ceiling's.
  resourcesOf(organisation.app.synth()).filter(({ type }) => type !== 'AWS::IAM::ManagedPolicy'),
).filter(({ effect }) => effect === 'Allow');
afterAll(() => organisation.remove());

/** Wildcards of one place: on every resource, because AWS knows none, and in the names of resources. */
interface Count {
  readonly everyResource: number;
  readonly names: number;
}

const FILE = join(__dirname, 'wildcards.json');
const committed: Record<string, Count> = JSON.parse(readFileSync(FILE, 'utf8'));

const PLACES: Readonly<Record<string, RegExp>> = {
  'platform of an environment': /^dev-platform$/,
  'project in dev': /^mail-dev-/,
  'project in prod, which scales': /^mail-prod-/,
  'delivery of a project': /^mail-delivery$/,
};

function count(stacks: RegExp): Count {
  const resources = statements
    .filter(({ stack }) => stacks.test(stack))
    .flatMap((statement) => statement.resources)
    .filter((resource) => resource.includes('*'));
  const everyResource = resources.filter((resource) => resource === '*').length;
  return { everyResource, names: resources.length - everyResource };
}

test.each(Object.entries(PLACES))(
  'a %s has no more wildcards in its permissions than were agreed on',
  (place, stacks) => {
    const now = count(stacks);
    const agreed = committed[place] ?? { everyResource: 0, names: 0 };

    const grown = now.everyResource > agreed.everyResource || now.names > agreed.names;
    const advice = grown
      ? 'name the resource; where AWS has none to name, say so in because, have it reviewed, and raise the number'
      : 'fewer than agreed on: lower the number, so that they do not come back';
    expect({ ...now, file: 'test/lib/stacks/wildcards.json', advice }).toEqual({
      ...agreed,
      file: 'test/lib/stacks/wildcards.json',
      advice,
    });
  },
);

test("prod's platform has those of dev's", () => {
  expect(count(/^prod-platform$/)).toEqual(count(/^dev-platform$/));
});

test('no action of a role is a wildcard', () => {
  expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
});
