import { join, resolve } from 'node:path';
import type { AccountServices } from '../account';
import { boundRoles } from '../deployment/bound-roles';
import { refusedCalls } from '../function-log';
import type { Watched } from '../judged';
import type { RunSurroundings } from '../services';
import { Builds } from './build/builds';
import { cleanCopy } from './build/source';
import { pushedImages, putImages, standInsIn } from './build/stand-ins';
import { type Adapting, adapting } from './doors/adapting';
import { deliveryApi } from './doors/api';
import { Callers } from './doors/callers';
import { openDoor } from './doors/door';
import { deployFirst } from './first-deployment';
import { stageForeignData } from './foreign-data';
import { type Accounts, bootstrapAll, openAccounts, placeId } from './open-accounts';
import { CodePipeline, type CodePipelineSettings } from './pipeline/code-pipeline';
import type { Revision } from './pipeline/execution';
import type { DeliverySettings } from './settings';

const POLL_QUICKLY = join(__dirname, '..', 'deployment', 'poll-quickly.cjs');
/** Seconds between two looks of a delivery's step; in AWS it is 20. */
const POLL_SECONDS = '0.3';

/** Everything that a delivery is rehearsed on, up and bootstrapped; nothing is deployed. */
export interface DeliveryStage {
  readonly accounts: Accounts;
  readonly delivery: AccountServices;
  readonly pipelines: CodePipeline;
  readonly adapting: Adapting;
  readonly callers: Callers;
  /** The commit that is delivered: a clean copy of this working tree. */
  readonly revision: Revision;
  /** What was asked for and not played so far. */
  notPlayed(): string[];
  readonly watched: Watched;
  /** Services of the account an environment lies in. */
  servicesOf(environment: string): AccountServices;
  /**
   * Deploys platforms and pipeline as people do before the first merge, and puts rows where project.yaml says that data of
   * other accounts are.
   */
  deployFirst(assembly: string): Promise<void>;
}

/**
 * Opens the accounts, the pipelines in them, and the commit that is to be delivered.
 *
 * @throws Refusal for what this machine lacks
 */
export async function openDelivery(
  settings: DeliverySettings & { readonly pingTimeoutMs?: number },
  run: RunSurroundings,
  around?: CodePipelineSettings['around'],
): Promise<DeliveryStage> {
  const { folder, logs, log, belongings, say } = run;
  const root = resolve('.');
  say('clean copy of this working tree');
  const revision = cleanCopy(root, settings.projects, join(folder, 'commit'));
  const nodeModules = join(root, 'node_modules');
  const standIns = standInsIn(join(folder, 'programs'), {
    nodeModules,
    path: process.env.PATH ?? '',
    quick: settings.quick,
  });
  const further = new Set<string>();
  const door = await openDoor(belongings, log);

  let pipelines: CodePipeline | undefined;
  const held = () => {
    if (!pipelines) throw new Error('CodePipeline was asked for before it was up');
    return pipelines;
  };
  const accounts = await openAccounts(
    settings,
    [settings.delivery, ...settings.environments],
    door,
    run,
    () => new Map([['AWS::CodePipeline::Pipeline', lazyType(held)]]),
  );
  const delivery = servicesIn(accounts, settings.delivery);
  const builds = new Builds({
    services: delivery,
    env: {
      ...door.forCommands,
      MLOPS_POLL_SECONDS: POLL_SECONDS,
      NODE_OPTIONS: `--require ${JSON.stringify(POLL_QUICKLY)}`,
      NODE_NO_WARNINGS: '1',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
      ...standIns.env,
    },
    programs: standIns.folder,
    linked: linkedFolders(settings.directory),
    folder: join(folder, 'builds'),
    logs,
    belongings,
    say,
    notPlayed: (what) => further.add(what),
  });
  const adapts = adapting(accounts.all);
  // What the emulator leaves undone, or nobody can do here, is done before the next action needs it.
  const after = async () => {
    await putImages(delivery.emulator, pushedImages(standIns.notPlayed()));
    await boundHanded(adapts);
  };
  pipelines = new CodePipeline({ services: delivery, builds, folder, sts: door.url, after, around });
  const callers = new Callers(delivery.emulator);
  const api = deliveryApi(pipelines, builds, delivery);
  door.open({ accounts: accounts.all, callers, adapting: adapts, api });
  await bootstrapAll(accounts, run);

  return {
    accounts,
    delivery,
    pipelines,
    adapting: adapts,
    callers,
    revision,
    notPlayed: () => [...standIns.notPlayed(), ...further],
    watched: watchedIn(accounts),
    servicesOf: (name) => {
      const place = settings.environments.find((each) => each.name === name);
      if (!place) throw new Error(`there is no environment ${name}`);
      return servicesIn(accounts, place);
    },
    async deployFirst(assembly) {
      await deployFirst(settings, accounts, assembly, door.forCommands, run);
      await boundHanded(adapts);
      for (const place of settings.environments)
        await stageForeignData(place, servicesIn(accounts, place), settings.sample);
    },
  };
}

/** Puts boundaries over the roles of stacks that were deployed; a stack that could not be created has none. */
async function boundHanded(adapts: Adapting): Promise<void> {
  for (const { services, stack, template } of adapts.handed()) {
    await boundRoles(services.emulator, stack, template).catch((error: Error) => {
      if (!/does not exist/.test(error.message)) throw error;
    });
  }
}

/** Python environments of this checkout, which a build machine would make anew. */
function linkedFolders(directory: string): Record<string, string> {
  const made = resolve(directory);
  return Object.fromEntries(
    ['environments', 'uv', 'cache'].map((name) => [join(directory, name), join(made, name)]),
  );
}

function watchedIn(accounts: Accounts): Watched {
  const all = [...accounts.all.values()];
  return {
    denials: () => all.flatMap(({ access }) => access.denials().map(({ message }) => message)),
    undelivered: () =>
      all.flatMap(({ courier }) =>
        courier
          .deliveries()
          .filter(({ outcome }) => outcome === 'denied' || outcome === 'failed')
          .map(({ event, target, reason }) => `${event['detail-type']} to ${target}: ${reason}`),
      ),
    refusedCalls: async (since) =>
      (await Promise.all(all.map(({ emulator }) => refusedCalls(emulator, since)))).flat(),
  };
}

function servicesIn(
  accounts: Accounts,
  place: { readonly account: string; readonly region: string },
): AccountServices {
  const found = accounts.all.get(placeId(place));
  if (!found) throw new Error(`${placeId(place)} was not opened`);
  return found;
}

/** The bridge is opened before the pipelines are. */
function lazyType(held: () => CodePipeline): CodePipeline['type'] {
  return {
    played: 'emulated',
    create: (request) => held().type.create(request),
    update: (ref, request) => held().type.update(ref, request),
    remove: (ref, request) => held().type.remove(ref, request),
  };
}
