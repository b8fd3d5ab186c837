import { approve } from '../../../rehearsal/phases/approve';
import { gate } from '../../../rehearsal/phases/gate';
import { heldOutRows } from '../../../rehearsal/phases/held-out';
import { register } from '../../../rehearsal/phases/register';
import { release } from '../../../rehearsal/phases/release';
import { serve } from '../../../rehearsal/phases/serve';
import { train } from '../../../rehearsal/phases/train';
import type { Belongings } from '../../../rehearsal/processes/belongings';
import type { Stage } from '../../../rehearsal/stage';
import type { Row } from '../../../rehearsal/traffic/rows';
import { openedStage } from './opened-stage';

/** A stage with version 1 in service. */
export interface DrillStage {
  readonly stage: Stage;
  /** A row that the model has not seen, and the answers it got: alone, and among many. */
  readonly row: Row;
  readonly answers: { readonly inferenceId: string; readonly ofMany: string };
  /** Package of version 1. */
  readonly packageArn: string;
}

/** Milliseconds a model server has to answer: little, so that one which never does is found out soon. */
const PING_MS = 6_000;

/**
 * Opens a stage in this process and plays the loop on it up to `serve`.
 *
 * @param projects folder of platform.yaml and of one project
 */
export async function openDrillStage(projects: string, belongings: Belongings): Promise<DrillStage> {
  const { stage } = await openedStage(projects, belongings, PING_MS);
  const { execution } = await train(stage);
  await gate(stage, execution);
  const { packageArn, version } = await register(stage, execution);
  await approve(stage, packageArn);
  await release(stage, version);
  const [row = {}] = await heldOutRows(stage, execution);
  const answers = await serve(stage, row, version);
  return { stage, row, answers, packageArn };
}
