import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { judged } from './judged';
import { openStage, type StageSettings } from './open-stage';
import { approve } from './phases/approve';
import { feedback } from './phases/feedback';
import { evaluationOf, gate } from './phases/gate';
import { heldOutRows } from './phases/held-out';
import { monitor } from './phases/monitor';
import { register } from './phases/register';
import { release } from './phases/release';
import { retrain } from './phases/retrain';
import { serve } from './phases/serve';
import { mergeUnchanged, train } from './phases/train';
import { Belongings } from './processes/belongings';
import { Progress } from './report/progress';
import { readyLines } from './report/ready-lines';
import type { PhaseName, Played, Report } from './report/report';
import { renderReport } from './report/table';
import { Enough, type Outcome, PhaseFailed, Run } from './run';
import type { Stage } from './stage';

/** All that one rehearsal is told, from the command line and the project's files. */
export interface Rehearsal extends StageSettings {
  readonly until: PhaseName | undefined;
  /** File that gets the report as JSON. */
  readonly json: string | undefined;
  readonly keep: boolean;
  readonly verbose: boolean;
}

/**
 * Plays the loop, prints the report and leaves nothing behind.
 *
 * @returns the exit code: 0 when every phase that was played succeeded
 */
export async function rehearse(rehearsal: Rehearsal): Promise<number> {
  const started = Date.now();
  const belongings = new Belongings();
  const progress = new Progress(process.stderr, rehearsal.verbose);
  const run = new Run(progress, rehearsal.until);
  belongings.releaseOnSignals((signal) => {
    progress.line(`${signal}: stopping everything that was started`);
    progress.close();
  });
  const stage = openStage(rehearsal, { belongings, progress, run });
  try {
    await playLoop(stage.ready, run).catch((error: unknown) => {
      if (!(error instanceof Enough || error instanceof PhaseFailed)) throw error;
    });
    progress.stop();
    const report: Report = {
      ok: run.results.every((phase) => phase.ok),
      seconds: (Date.now() - started) / 1000,
      phases: run.results,
      metrics: run.metrics,
      ...stage.reached(),
    };
    process.stdout.write(
      `${renderReport(report, relative(process.cwd(), stage.logs), process.stdout.columns)}\n`,
    );
    if (rehearsal.json) writeFileSync(rehearsal.json, `${JSON.stringify(report, null, 2)}\n`);
    if (rehearsal.keep && report.api) {
      process.stdout.write(`\n${readyLines(report, rehearsal.play)}\n`);
      await new Promise(() => undefined); // until a signal ends this process
    }
    return report.ok ? 0 : 1;
  } finally {
    progress.stop();
    await belongings.release();
  }
}

/** The ten phases; each hands over through a record that AWS owns, what is passed on here are only the names of those. */
async function playLoop(ready: () => Promise<Stage>, run: Run): Promise<void> {
  const stage = await ready();
  const play = <T extends Outcome>(name: PhaseName, played: Played, phase: () => Promise<T>) =>
    run.play(name, played, () => judged(stage, phase));

  const { execution, merge } = await play('train', 'emulated', () => train(stage));
  run.metrics = (await evaluationOf(stage, execution)).metrics;
  await play('gate', 'emulated', () => gate(stage, execution));
  const { packageArn, version } = await play('register', 'emulated', () => register(stage, execution));
  await play('approve', 'emulated', () => approve(stage, packageArn));
  await play('release', 'emulated', async () => {
    const released = await release(stage, version);
    const note = await mergeUnchanged(stage, merge);
    return { ...released, happened: `${released.happened}; the same merge now: ${note}` };
  });
  const [row = {}] = await heldOutRows(stage, execution);
  const served = await play('serve', 'emulated', () => serve(stage, row, version));
  await play('feedback', 'native', () => feedback(stage, row, served));
  await play('monitor', 'emulated', () => monitor(stage, execution));
  await play('retrain', 'emulated', () => retrain(stage, { execution, version }));
}
