import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Stage } from '../stage';

/** Text of one object. */
export async function read(stage: Stage, bucket: string, key: string): Promise<string> {
  const object = await stage.aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await object.Body?.transformToString()) ?? '';
}
