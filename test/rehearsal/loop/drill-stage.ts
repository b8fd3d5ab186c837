import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadProject } from '../../../bin/commands/bundle';
import { rehearsalOf } from '../../../bin/commands/rehearse';
import { openStage } from '../../../rehearsal/open-stage';
import { approve } from '../../../rehearsal/phases/approve';
import { gate } from '../../../rehearsal/phases/gate';
import { heldOutRows } from '../../../rehearsal/phases/held-out';
import { register } from '../../../rehearsal/phases/register';
import { release } from '../../../rehearsal/phases/release';
import { serve } from '../../../rehearsal/phases/serve';
import { train } from '../../../rehearsal/phases/train';
import type { Belongings } from '../../../rehearsal/processes/belongings';
import { Progress } from '../../../rehearsal/report/progress';
import { Run } from '../../../rehearsal/run';
import type { Stage } from '../../../rehearsal/stage';
import type { Row } from '../../../rehearsal/traffic/rows';

/** A stage with version 1 in service. */
export interface DrillStage {
  readonly stage: Stage;
  /** A row that the model has not seen, and the answer it got. */
  readonly row: Row;
  readonly inferenceId: string;
  /** Package of version 1. */
  readonly packageArn: string;
}

/** Milliseconds a model server has to answer: little, so that one which never does is found out soon. */
const PING_MS = 2_500;

/**
 * Opens a stage in this process and plays the loop on it up to `serve`.
 *
 * @param projects folder of platform.yaml and of one project
 */
export async function openDrillStage(projects: string, belongings: Belongings): Promise<DrillStage> {
  const { platform, project } = loadProject(projects, undefined);
  const settings = {
    ...rehearsalOf(platform, project, { projects: resolve(projects) }),
    pingTimeoutMs: PING_MS,
  };
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const progress = new Progress(nowhere, false);
  const run = new Run(progress, undefined);
  const opened = openStage(settings, { belongings, progress, run });
  const stage = await opened.ready().catch((error: unknown) => {
    throw new Error(`the stage was not opened, logs: ${opened.logs}`, { cause: error });
  });
  const { execution } = await train(stage);
  await gate(stage, execution);
  const { packageArn, version } = await register(stage, execution);
  await approve(stage, packageArn);
  await release(stage, version);
  const [row = {}] = await heldOutRows(stage, execution);
  const { inferenceId } = await serve(stage, row, version);
  return { stage, row, inferenceId, packageArn };
}
