import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Stage } from '../stage';
import type { Row } from '../traffic/rows';
import { read } from './read';

/** The rows an execution held out, which its model has never seen: traffic like its data. */
export const heldOutRows = (stage: Stage, execution: string): Promise<Row[]> =>
  rowsOf(stage, execution, 'test');

/**
 * The rows an execution learned from. What has drifted is made of these, never of held-out ones: its corrections are
 * learned from, and a mistyped copy of a test row among them would let the next model know the answers.
 */
export const learnedRows = (stage: Stage, execution: string): Promise<Row[]> =>
  rowsOf(stage, execution, 'train');

async function rowsOf(stage: Stage, execution: string, side: 'train' | 'test'): Promise<Row[]> {
  const { Contents = [] } = await stage.aws.s3.send(
    new ListObjectsV2Command({
      Bucket: stage.outputs.ArtifactsBucket,
      Prefix: `runs/${execution.split('/').at(-1)}/${side}/`,
    }),
  );
  const files = Contents.map((object) => object.Key ?? '').filter((key) => key.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((key) => read(stage, stage.outputs.ArtifactsBucket, key)));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row),
  );
}
