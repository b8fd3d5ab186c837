import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Adapted, adapt } from './adapter/adapt';
import { metricNamespaces } from './adapter/conditions';
import { clientsOf } from './clients';
import { consumerKey } from './consumer';
import { deploy } from './deployment/deploy';
import type { Emulator } from './emulator/emulator';
import { findPython } from './environments/python';
import { functionLog, refusedCalls } from './function-log';
import { judge } from './judge';
import { lastLine } from './last-line';
import { logFolder, openLog } from './log';
import { notRehearsed } from './not-rehearsed';
import { askBeforeRelease } from './phases/serve';
import type { Belongings } from './processes/belongings';
import type { Progress } from './report/progress';
import type { NotRehearsed, Report } from './report/report';
import type { Run } from './run';
import { type Schedules, schedulesOf } from './schedules';
import { type ServiceSettings, type Services, startServices } from './services';
import type { Clients, Outputs, Play, Stage } from './stage';
import { type Synthesized, synthesize } from './synthesis';

/** What a stage is built of. */
export interface StageSettings extends ServiceSettings {
  readonly play: Play;
  /** Folder of platform.yaml and the projects. */
  readonly projects: string;
  /** Whether a resource that was only recorded, without a reviewed reason, is a failure. */
  readonly strict: boolean;
  /** What was set otherwise than the project says, so that it can be played here. @default - nothing */
  readonly notes?: readonly NotRehearsed[];
}

interface Surroundings {
  readonly belongings: Belongings;
  readonly progress: Progress;
  readonly run: Run;
}

/** What the deployment made, and what talks to it. */
interface Made {
  readonly aws: Clients;
  readonly schedules: Schedules;
  readonly outputs: Outputs;
  readonly synthesized: Synthesized;
  readonly log: (line: string) => void;
}

/** What the report says of the stage, as far as it was built. */
type Reached = Pick<Report, 'api' | 'endpoints' | 'notRehearsed'>;

/**
 * Builds the stage that the loop is played on: synthesizes the app and, beside it, makes the Python environments, starts
 * emulator and local SageMaker and bootstraps; then deploys the stacks.
 *
 * @returns `ready`, which plays the phases synth and deploy; `reached`, what the report can say at any time; and `logs`, the
 * folder of this run's logs
 */
export function openStage(settings: StageSettings, surroundings: Surroundings) {
  const { belongings, progress, run } = surroundings;
  const nodeModules = resolve('node_modules');
  const logs = logFolder(join(resolve(settings.directory), 'logs'));
  let reached: Reached = { api: null, endpoints: null, notRehearsed: [] };

  async function ready(): Promise<Stage> {
    // Before anything is started: who lacks Python is told at once.
    await findPython(process.env);
    // The process's number tells a folder in use from one that a power cut left.
    const folder = belongings.folder(resolve(settings.directory), `run-${process.pid}-`);
    const log = openLog(join(logs, 'rehearsal.log'), progress, belongings);
    progress.begin('start');
    const opening = startServices(settings, {
      folder,
      logs,
      log,
      belongings,
      say: (what) => progress.say(what),
    });
    // A failure is reported by the phase that needs the services, not while the synthesis still runs.
    opening.catch(() => undefined);
    const assembly = join(folder, 'cdk.out');
    const synthesized = await run.play('synth', 'native', () => {
      progress.say('cdk synth, every gate on');
      const { play, projects } = settings;
      return synthesize({
        project: play.project,
        projects,
        output: assembly,
        log: join(logs, 'synth.log'),
        belongings,
      });
    });
    const { stage } = await run.play('deploy', 'native', async () =>
      deployed(await opening, synthesized, folder, log),
    );
    return stage;
  }

  async function deployed(
    all: Services,
    synthesized: Synthesized,
    folder: string,
    log: (line: string) => void,
  ) {
    const { emulator, bridge } = all;
    const { play } = settings;
    const { endpoint, caBundle } = emulator;
    reached = { ...reached, endpoints: { aws: endpoint, sagemaker: all.sagemaker.url, caBundle } };
    const adapted = adapt({
      assembly: synthesized.assembly,
      output: join(folder, 'adapted'),
      stacks: stackNames(play),
      types: emulator.types,
      serviceToken: bridge.serviceToken,
    });
    for (const { stack, logicalId, type, change } of adapted.changes)
      log(`adapted ${stack}/${logicalId} (${type}): ${change}`);
    const say = (what: string) => progress.say(what);
    const stacks = await deploy({ emulator, directory: folder, logs, nodeModules, belongings, say }, adapted);
    const outputs = Object.assign({}, ...stacks.map((stack) => stack.outputs)) as Outputs;
    const aws = clientsOf(emulator, all.sagemaker.url);
    const schedules = schedulesOf(emulator, all.access, aws.lambda);
    const stage = await stageOf(all, { aws, schedules, outputs, synthesized, log });
    const { unevaluated, violations } = await judge(all, schedules, settings.strict, outputs);
    reached = {
      ...reached,
      api: apiOf(stage, emulator),
      notRehearsed: notRehearsed({
        synthesized: synthesized.assembly,
        bridge,
        unevaluated,
        remarks: all.remarks,
        notes: settings.notes ?? [],
        play,
      }),
    };
    if (violations.length > 0) throw new Error(violations.join('\n'));
    say('asking the API before any release');
    const first = await askBeforeRelease(stage);
    const resources = stacks.reduce((sum, stack) => sum + stack.resources, 0);
    return {
      stage,
      happened: `${stacks.length} stacks by the stock CDK CLI, ${bridged(adapted)} resources played by us; first request: ${first}`,
      evidence: `${resources} resources; ${stage.consumer.url}`,
    };
  }

  async function stageOf(all: Services, made: Made): Promise<Stage> {
    const { aws, schedules, outputs, synthesized, log } = made;
    const { emulator, sagemaker, courier, alarms } = all;
    const { account, region } = settings;
    const key = await consumerKey(aws.iam, { account, region, id: outputs.ApiId });
    return {
      play: settings.play,
      aws,
      outputs,
      consumer: {
        url: `${emulator.endpoint}/_aws/execute-api/${outputs.ApiId}/live/v1/predictions`,
        region,
        ...key,
        certificate: readFileSync(emulator.caBundle, 'utf8'),
      },
      progress,
      metricNamespaces: synthesized.templates.flatMap(metricNamespaces),
      fire: (name) => schedules.fire(name),
      jobLine: (job) => lastLine(join(logs, 'sagemaker', `${job}.log`)),
      functionLog: (name) => functionLog(emulator, name),
      delivered: () => courier.idle(),
      redeliver: async (detailType) => {
        const event = courier.latest(detailType);
        if (!event) throw new Error(`no event "${detailType}" was ever sent`);
        await courier.send(event);
      },
      flushCapture: () => sagemaker.flushCapture(),
      evaluateAlarms: async (since) => {
        for (const { alarm, from, to } of await alarms.evaluate({ since }))
          log(`alarm ${alarm}: ${from} → ${to}`);
      },
      denials: () => all.access.denials().map((denial) => denial.message),
      refusedCalls: (since) => refusedCalls(emulator, since),
      forgetPermissions: () => all.access.forget(),
      undelivered: () =>
        courier
          .deliveries()
          .filter(({ outcome }) => outcome === 'denied' || outcome === 'failed')
          .map(({ event, target, reason }) => `${event['detail-type']} to ${target}: ${reason}`),
    };
  }

  return { ready, reached: () => reached, logs };
}

/** The stacks of one environment: what is deployed and played. */
function stackNames({ project, environment: name }: Play): string[] {
  const parts = ['storage', 'training', 'serving', 'monitoring'];
  return [`${name}-platform`, ...parts.map((part) => `${project}-${name}-${part}`)];
}

const bridged = ({ changes }: Adapted): number => changes.filter(({ change }) => change === 'bridged').length;

function apiOf({ consumer }: Stage, { caBundle }: Emulator): Report['api'] {
  const { url, region, accessKeyId, secretAccessKey } = consumer;
  return { url, region, accessKeyId, secretAccessKey, caBundle };
}
