import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { StartTrainingEvent, StartTrainingResult } from '../../lambda/start-training/contract';
import { stageCode } from '../../operations/delivery/staging/stage-code';
import { stageFiles } from '../../operations/delivery/staging/stage-files';
import { stageWeights } from '../../operations/delivery/staging/stage-weights';
import { call } from '../schedules';
import type { Stage } from '../stage';
import { executionsOf, follow } from './executions';

/** Who wrote what is merged here; the rehearsal, which approves, is somebody else. */
const AUTHOR = 'author@rehearsal.example';

/** What later phases need of a training that ran. */
export interface Training {
  readonly execution: string;
  /** The event that started it. */
  readonly merge: StartTrainingEvent;
  readonly happened: string;
  readonly evidence: string;
}

/**
 * Plays the merge: uploads the code bundle by its hash, stages the data under a version and the weights by theirs, starts the pipeline through the
 * start function, and follows it until the evaluation is written. Meanwhile merges the same again, which starts nothing.
 */
export async function train(stage: Stage): Promise<Training> {
  const { play, progress } = stage;
  progress.say(
    `uploading the code bundle ${play.bundle.hash.slice(0, 12)} and ${play.data.length} data file(s)`,
  );
  const { s3 } = stage.aws;
  const bucket = stage.outputs.ArtifactsBucket;
  const origin = { commit: play.commit, author: AUTHOR };
  const { weights } = play;
  const [data, staged] = await Promise.all([
    stageFiles(s3, bucket, play.data),
    weights ? stageWeights(s3, bucket, weights, weights.folder) : [],
    stageCode(s3, bucket, play.bundle, origin),
  ]);
  if (weights) progress.say(`weights ${weights.hash.slice(0, 12)}: ${staged.length} files staged`);
  const merge: StartTrainingEvent = {
    reason: 'merge',
    code: play.bundle.hash,
    commit: play.commit,
    author: AUTHOR,
    data,
  };

  const started = await start(stage, merge);
  if (started.outcome !== 'started' || !started.executionArn) {
    throw new Error(`the start function did not start a training: ${started.outcome}, ${started.note}`);
  }
  const again = await start(stage, merge);
  const executions = await executionsOf(stage.aws.sagemaker, stage.outputs.PipelineName);
  if (again.outcome === 'started' || executions.length !== 1) {
    throw new Error(
      `the same merge started ${executions.length} trainings (${again.outcome}); it must start one`,
    );
  }
  await follow(stage, started.executionArn, 'Evaluate');
  return {
    execution: started.executionArn,
    merge,
    happened: `merge started one training; the same merge again: ${again.outcome}`,
    evidence: started.executionArn,
  };
}

/**
 * Merges what is in service once more: the start function records that nothing changed, and trains nothing.
 *
 * @returns the note it left in its record
 */
export async function mergeUnchanged(stage: Stage, merge: StartTrainingEvent): Promise<string> {
  const before = await executionsOf(stage.aws.sagemaker, stage.outputs.PipelineName);
  const { outcome } = await start(stage, merge);
  const after = await executionsOf(stage.aws.sagemaker, stage.outputs.PipelineName);
  if (outcome !== 'nothing changed' || after.length !== before.length) {
    throw new Error(
      `merging what is in service gave "${outcome}" and ${after.length - before.length} new trainings`,
    );
  }
  const { Item } = await stage.aws.dynamodb.send(
    new GetCommand({ TableName: stage.outputs.StateTable, Key: { pk: 'start' }, ConsistentRead: true }),
  );
  if (!Item?.note) throw new Error('the start function left no note of a merge that changed nothing');
  return String(Item.note);
}

/** Calls the start function and reads its answer. */
function start(stage: Stage, event: StartTrainingEvent): Promise<StartTrainingResult> {
  return call(stage.aws.lambda, stage.outputs.StartTrainingFunction, JSON.stringify(event));
}
