import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { Stage } from '../../../rehearsal/stage';

/** Text in a row on which the model `fragile` raises. */
export const POISON = 'cannot-read-this';

/** Changes of a model's `inference.py`. */
const CHANGES = {
  /** Never answers `/ping`. */
  silent: (code: string) => `import time\ntime.sleep(3600)\n${code}`,
  /** Takes a while to load, and raises on rows with the poison, with the row in the error's text. */
  fragile: (code: string) =>
    `import time\ntime.sleep(1)\n${code.replace(
      'if __name__ ==',
      `sound = answer


def answer(model, rows):
    if "${POISON}" in str(rows):
        raise ValueError(f"no words for {rows}")
    return sound(model, rows)


if __name__ ==`,
    )}`,
} as const;

/**
 * Puts a model into S3 that is that of a package, with another `inference.py`.
 *
 * @returns its URI
 */
export async function brokenModel(
  stage: Stage,
  packageArn: string,
  kind: keyof typeof CHANGES,
): Promise<string> {
  const Bucket = stage.outputs.ArtifactsBucket;
  const Key = `models/drill-${kind}/output/model.tar.gz`;
  const folder = mkdtempSync(join(tmpdir(), 'drill-model-'));
  try {
    writeFileSync(join(folder, 'model.tar.gz'), await modelOf(stage, packageArn));
    const model = join(folder, 'model');
    execFileSync('mkdir', [model]);
    execFileSync('tar', ['-xzf', join(folder, 'model.tar.gz'), '-C', model]);
    const inference = join(model, 'code', 'inference.py');
    writeFileSync(inference, CHANGES[kind](readFileSync(inference, 'utf8')));
    execFileSync('tar', ['-czf', join(folder, 'broken.tar.gz'), '-C', model, '.']);
    const Body = readFileSync(join(folder, 'broken.tar.gz'));
    await stage.aws.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return `s3://${Bucket}/${Key}`;
}

async function modelOf(stage: Stage, packageArn: string): Promise<Uint8Array> {
  const { InferenceSpecification } = await stage.aws.sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: packageArn }),
  );
  const [, Bucket, Key] =
    /^s3:\/\/([^/]+)\/(.+)$/.exec(InferenceSpecification?.Containers?.[0]?.ModelDataUrl ?? '') ?? [];
  const object = await stage.aws.s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await object.Body?.transformToByteArray()) ?? new Uint8Array();
}
