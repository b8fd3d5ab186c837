import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Stage } from '../stage';
import type { Row } from '../traffic/rows';
import { read } from './gate';

/** The rows an execution held out, which its model has never seen. */
export async function heldOutRows(stage: Stage, execution: string): Promise<Row[]> {
  const { Contents = [] } = await stage.aws.s3.send(
    new ListObjectsV2Command({
      Bucket: stage.outputs.ArtifactsBucket,
      Prefix: `runs/${execution.split('/').at(-1)}/test/`,
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
