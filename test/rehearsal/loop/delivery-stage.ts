import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadProject } from '../../../bin/commands/bundle';
import { deliveryRehearsalOf } from '../../../bin/commands/delivery-rehearsal';
import { type DeliveryStage, openDelivery } from '../../../rehearsal/delivery/open-delivery';
import { approveWaiting } from '../../../rehearsal/delivery/pipeline/approve';
import type { Execution, Revision } from '../../../rehearsal/delivery/pipeline/execution';
import type { DeliverySettings } from '../../../rehearsal/delivery/settings';
import { logFolder } from '../../../rehearsal/log';
import type { Belongings } from '../../../rehearsal/processes/belongings';
import { synthesize } from '../../../rehearsal/synthesis';
import type { TemporaryProjects } from '../../fixtures/project';

/** Platforms and pipeline of one project, deployed; nothing was merged yet. */
export interface DeployedDelivery {
  readonly stage: DeliveryStage;
  readonly settings: DeliverySettings;
}

/** A test of the project that takes no time: what the rehearsal is about is not what pytest finds. */
const ONE_TEST = 'def test_nothing_is_wrong():\n    assert True\n';

/** Opens a delivery of the project in a folder of projects, in this process. */
export async function openDeliveryStage(
  projects: TemporaryProjects,
  belongings: Belongings,
): Promise<DeployedDelivery> {
  const tests = join(projects.project, 'tests');
  rmSync(tests, { recursive: true, force: true });
  mkdirSync(tests);
  writeFileSync(join(tests, 'test_nothing.py'), ONE_TEST);
  const { platform, project } = loadProject(projects.folder, undefined);
  const settings = deliveryRehearsalOf(platform, project, { projects: projects.folder, quick: true });
  const logs = logFolder(join(resolve(settings.directory), 'logs'));
  const folder = belongings.folder(resolve(settings.directory), `run-${process.pid}-`);
  const nobody = () => undefined;
  const run = { folder, logs, log: nobody, belongings, say: nobody };
  const assembly = join(folder, 'cdk.out');
  const [stage] = await Promise.all([
    openDelivery(settings, run),
    synthesize({
      project: project.name,
      projects: projects.folder,
      output: assembly,
      log: join(logs, 'synth.log'),
      belongings,
    }),
  ]);
  await stage.deployFirst(assembly);
  return { stage, settings };
}

/** Merges: starts a run, approves in place of a person whatever waits, and waits for its end. */
export async function merge({ stage, settings }: DeployedDelivery, revision: Revision): Promise<Execution> {
  const { ended } = stage.pipelines.start(settings.pipeline, revision);
  await approveWaiting(stage.pipelines, settings.pipeline, settings.delivery.account, ended);
  return ended;
}

/** Tries the stage again in which a run failed. */
export async function retry({ stage, settings }: DeployedDelivery, failed: Execution): Promise<Execution> {
  const last = failed.actions.at(-1);
  const ended = stage.pipelines.retry(settings.pipeline, failed.id, last?.stage ?? '');
  await approveWaiting(stage.pipelines, settings.pipeline, settings.delivery.account, ended);
  return ended;
}

/** Actions of a run and how each ended, in order; one that was tried again is there twice. */
export const actionsOf = (execution: Execution): string[] =>
  execution.actions.map(({ stage, action, status }) => `${stage}/${action.name} ${status}`);
