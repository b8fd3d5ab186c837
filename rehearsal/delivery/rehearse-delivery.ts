import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { findPython } from '../environments/python';
import { judged } from '../judged';
import { logFolder, openLog } from '../log';
import { Belongings } from '../processes/belongings';
import { Progress } from '../report/progress';
import type { Report } from '../report/report';
import { renderReport } from '../report/table';
import { PhaseFailed, Run } from '../run';
import { synthesize } from '../synthesis';
import { notRehearsedDelivery } from './not-rehearsed';
import { type DeliveryStage, openDelivery } from './open-delivery';
import { type EnvironmentOutcome, outcomeOf } from './outcome';
import { approveWaiting } from './pipeline/approve';
import type { ActionExecution, Execution } from './pipeline/execution';
import { sectionsOf } from './sections';
import type { DeliverySettings } from './settings';
import { stageAsPerson } from './weights';

export interface DeliveryRehearsal extends DeliverySettings {
  /** File that gets the report as JSON. */
  readonly json: string | undefined;
  readonly verbose: boolean;
}

/**
 * Plays the delivery of a project: deploys the platforms and the pipeline as a person would, merges the working tree, and
 * plays what the pipeline does with it in every account.
 *
 * @returns the exit code: 0 when every action succeeded
 */
export async function rehearseDelivery(rehearsal: DeliveryRehearsal): Promise<number> {
  const started = Date.now();
  const belongings = new Belongings();
  const progress = new Progress(process.stderr, rehearsal.verbose);
  const run = new Run(progress, undefined);
  const logs = logFolder(join(resolve(rehearsal.directory), 'logs'));
  belongings.releaseOnSignals((signal) => {
    progress.line(`${signal}: stopping everything that was started`);
    progress.close();
  });
  const reached: Reached = { outcomes: [] };
  try {
    await play(rehearsal, { belongings, progress, run, logs }, reached).catch((error: unknown) => {
      if (!(error instanceof PhaseFailed)) throw error;
    });
    progress.stop();
    const report = reportOf(rehearsal, run, reached, (Date.now() - started) / 1000);
    const text = renderReport(report, relative(process.cwd(), logs), process.stdout.columns);
    process.stdout.write(`${text}\n`);
    if (rehearsal.json) writeFileSync(rehearsal.json, `${JSON.stringify(report, null, 2)}\n`);
    return report.ok ? 0 : 1;
  } finally {
    progress.stop();
    await belongings.release();
  }
}

/** What the report says, as far as the rehearsal came. */
interface Reached {
  stage?: DeliveryStage;
  execution?: Execution;
  outcomes: readonly EnvironmentOutcome[];
}

interface Surroundings {
  readonly belongings: Belongings;
  readonly progress: Progress;
  readonly run: Run;
  readonly logs: string;
}

async function play(rehearsal: DeliveryRehearsal, around: Surroundings, reached: Reached): Promise<void> {
  const { belongings, progress, run, logs } = around;
  await findPython(process.env);
  const folder = belongings.folder(resolve(rehearsal.directory), `run-${process.pid}-`);
  const log = openLog(join(logs, 'rehearsal.log'), progress, belongings);
  progress.begin('start');
  const say = (what: string) => progress.say(what);
  const opening = openDelivery(rehearsal, { folder, logs, log, belongings, say }, (execution, done, work) =>
    playAction(rehearsal, run, reached, { execution, done, work }),
  );
  // A failure is reported by the phase that needs the accounts, not while the synthesis still runs.
  opening.catch(() => undefined);
  const assembly = join(folder, 'cdk.out');
  await run.play('synth', 'native', () => {
    say('cdk synth, every gate on');
    const { project, projects } = rehearsal;
    return synthesize({ project, projects, output: assembly, log: join(logs, 'synth.log'), belongings });
  });
  const stage = await run.play('deploy', 'native', async () => {
    const opened = await opening;
    reached.stage = opened;
    say('deploying platforms and delivery, as people do once');
    await judged(opened.watched, () => opened.deployFirst(assembly));
    const accounts = [...opened.accounts.all.keys()];
    return {
      ...opened,
      happened: `platforms and delivery by the stock CDK CLI, each with its own account's credentials`,
      evidence: accounts.join(', '),
    };
  });

  const { execution, ended } = stage.pipelines.start(rehearsal.pipeline, stage.revision);
  reached.execution = execution;
  const approving = approveWaiting(stage.pipelines, rehearsal.pipeline, rehearsal.delivery.account, ended);
  await ended;
  await approving;
  await stage.pipelines.idle();
  // One that updated its pipeline was followed by another.
  const last = stage.pipelines.executions(rehearsal.pipeline).at(-1);
  if (last?.status !== 'Succeeded') throw new PhaseFailed(`the run ended ${last?.status}`);
  await run.play('after', 'emulated', async () => {
    say('releases');
    reached.outcomes = await judged(stage.watched, () =>
      Promise.all(rehearsal.environments.map((place) => outcomeOf(place, stage.servicesOf(place.name)))),
    );
    return {
      happened: reached.outcomes
        .map(({ environment, endpoint }) => `${environment}: ${endpoint ?? 'not in service yet'}`)
        .join('; '),
      evidence: reached.outcomes
        .flatMap(({ environment, models }) =>
          models.map(({ version, approval }) => `${environment} v${version} ${approval}`),
        )
        .join('; '),
    };
  });
}

/** An action of an execution, and what it does. */
interface Played {
  readonly execution: Execution;
  readonly done: ActionExecution;
  readonly work: () => Promise<void>;
}

/** An action as a phase of the report. */
async function playAction(
  { environments }: DeliveryRehearsal,
  run: Run,
  { stage }: Reached,
  { execution, done, work }: Played,
): Promise<void> {
  if (!stage) throw new Error('an action was played before the stage was ready');
  const again = stage.pipelines.executions(execution.definition.name).indexOf(execution);
  const name = `${done.stage} ${done.action.name}${again > 0 ? ` (${again + 1})` : ''}`;
  await run.play(done.stage === done.action.name ? done.stage : name, 'emulated', async () => {
    await judged(stage.watched, work);
    const deployed = environments.find(
      ({ name }) => done.action.name === 'Deploy' && done.stage.toLowerCase() === name.toLowerCase(),
    );
    const staged = deployed && (await stageAsPerson(deployed, stage.servicesOf(deployed.name)));
    return { happened: [done.summary, staged].filter(Boolean).join('; '), evidence: done.external ?? '' };
  });
}

function reportOf(
  rehearsal: DeliveryRehearsal,
  run: Run,
  { stage, outcomes }: Reached,
  seconds: number,
): Report {
  return {
    what: 'The delivery',
    ok: run.results.every(({ ok }) => ok),
    seconds,
    phases: run.results,
    metrics: {},
    api: null,
    endpoints: null,
    ...(stage && {
      sections: sectionsOf(rehearsal, stage, outcomes),
    }),
    notRehearsed: stage ? notRehearsedDelivery(rehearsal, stage) : [],
  };
}
