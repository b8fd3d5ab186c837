import type { Check } from '../check';
import { awsCommand, listed } from '../commands';
import { isMissing } from '../denial';
import { type Observation, ok, warning } from '../finding';
import { ENDPOINT, KEPT, type Kind, type Named, RELEASED } from '../leftover';
import { aFewAtATime } from '../pages';
import type { Subject } from '../subject';

/**
 * What is still there of projects that are not in projects/ any more, or no longer run here. An endpoint
 * outlives its stacks and goes on costing; data are kept on purpose, but somebody should decide how long.
 */
export const leftovers: Check = {
  name: 'leftovers',
  permission: 'sagemaker:ListEndpoints',
  look: async (subject): Promise<Observation[]> => {
    const endpoints = await strangers(subject, ENDPOINT);
    const stacks = await strayStacks(subject);
    const kept = (await aFewAtATime(KEPT, (kind) => strangers(subject, kind), 3)).flat();
    const gone = new Set([...endpoints, ...stacks, ...kept].map(({ project }) => project));
    const released = (await aFewAtATime(RELEASED, (kind) => strangers(subject, kind))).flat();
    if (gone.size === 0) return [ok('nothing is left of projects that are gone')];
    return [...gone].sort().flatMap((project) => {
      const of = (all: readonly Named[]) => all.filter((each) => each.project === project);
      return [
        ...of(endpoints).map(({ name }) => costing(subject, project, name)),
        ...some(of(stacks), (names) => stillDeployed(subject, project, names)),
        ...some(of(kept), (names) => stillKept(subject, project, names)),
        ...some(of(released), (names) => stillListed(subject, project, names)),
      ];
    });
  },
};

function some(all: readonly Named[], say: (all: readonly Named[]) => Observation): Observation[] {
  return all.length > 0 ? [say(all)] : [];
}

const who = ({ name, config }: Subject, project: string): string =>
  config.projects.some((known) => known.name === project)
    ? `${project}, which does not run in ${name} any more,`
    : `${project}, which is not in projects/ any more,`;

/** One command takes away what is left of a project that is gone; one that has only left this environment is still needed. */
const removal = ({ config }: Subject, project: string, otherwise: string, options = ''): string =>
  config.projects.some((known) => known.name === project)
    ? otherwise
    : `npm run remove -- ${project}${options}`;

const costing = (subject: Subject, project: string, endpoint: string): Observation =>
  warning(
    `endpoint ${endpoint} of ${who(subject, project)} is still there and costs for every hour`,
    removal(subject, project, awsCommand(subject, `sagemaker delete-endpoint --endpoint-name ${endpoint}`)),
  );

const stillDeployed = (subject: Subject, project: string, stacks: readonly Named[]): Observation =>
  warning(
    `stacks of ${who(subject, project)} are still deployed: ${listed(stacks.map(({ name }) => name))}`,
    removal(
      subject,
      project,
      stacks
        .map(({ name }) => awsCommand(subject, `cloudformation delete-stack --stack-name ${name}`))
        .join('\n'),
    ),
  );

const stillKept = (subject: Subject, project: string, kept: readonly Named[]): Observation =>
  warning(
    `data of ${who(subject, project)} are kept: ${listed(kept.map(({ noun, name }) => `${noun} ${name}`))}`,
    `nothing, while somebody may need them. Otherwise, for good: ${removal(
      subject,
      project,
      'empty each bucket with all versions, then delete buckets, tables and groups, the key last',
      ' --leftovers',
    )}`,
  );

const stillListed = (subject: Subject, project: string, released: readonly Named[]): Observation =>
  warning(
    `${listed(released.map(({ noun, name }) => `${noun} ${name}`))} of ${who(subject, project)} are still there; they cost nothing`,
    released
      .map(({ noun, name }) =>
        awsCommand(
          subject,
          noun === 'model'
            ? `sagemaker delete-model --model-name ${name}`
            : `sagemaker delete-endpoint-config --endpoint-config-name ${name}`,
        ),
      )
      .join('\n'),
  );

/** Those of a kind that have a project's name and tag, but no project that runs here. */
async function strangers(subject: Subject, { noun, list, pattern, owner }: Kind): Promise<Named[]> {
  const expression = pattern(subject);
  if (!expression) return [];
  const here = new Set(subject.projects.map(({ name }) => name));
  const candidates = (await list(subject)).flatMap((name): Named[] => {
    const project = expression.exec(name)?.[1];
    return project && !here.has(project) ? [{ noun, name, project }] : [];
  });
  if (!owner) return candidates;
  const owners = await aFewAtATime(candidates, ({ name }) =>
    owner(subject, name).catch((thrown: unknown) => {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }),
  );
  return candidates.filter(({ project }, index) => owners[index] === project);
}

/** Stacks carry the tags of their project. */
async function strayStacks(subject: Subject): Promise<Named[]> {
  const here = new Set(subject.projects.map(({ name }) => name));
  const environments = new Set(Object.keys(subject.config.platform.environments));
  return [...(await subject.stacks())].flatMap(([name, { Tags = [] }]): Named[] => {
    const tag = (key: string) => Tags.find(({ Key }) => Key === key)?.Value;
    const project = tag('mlops:project');
    const environment = tag('mlops:environment');
    // In one account for all, the stacks of the others are theirs to look at.
    const elsewhere =
      environment !== undefined && environment !== subject.name && environments.has(environment);
    return project && !here.has(project) && !elsewhere ? [{ noun: 'stack', name, project }] : [];
  });
}
