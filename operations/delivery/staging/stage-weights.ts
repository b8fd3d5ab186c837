import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { type WeightFiles, weightsPrefix } from '../../../pipelines/base-models';
import { Refusal } from '../../terminal/refusal';
import { sha256Of } from './sha256';

/** Largest object that S3 takes in one request, in bytes. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
const LARGEST_PUT = 5 * 1024 ** 3;

/** A base model, as far as staging is about it. */
export interface StagedModel {
  /** Names its files in S3, as `weightsHash` says. */
  readonly hash: string;
  readonly files: WeightFiles;
}

/**
 * Uploads the files of a base model to `weights/<hash>/`, where jobs find them. What is there is not uploaded again: a
 * prefix is named by its content. S3 compares what it gets with the hash, too.
 *
 * @param folder holds the files by their names
 * @returns names of the files that were uploaded
 * @throws Refusal for a file that is missing, too large, or another one than the model names; nothing was uploaded then
 */
export async function stageWeights(
  s3: S3Client,
  bucket: string,
  model: StagedModel,
  folder: string,
): Promise<string[]> {
  const missing = await missingWeights(s3, bucket, model);
  const files = await Promise.all(
    missing.map((name) => looked(join(folder, name), name, model.files[name]?.sha256 ?? '')),
  );
  for (const { name, path, bytes, sha256 } of files) {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${weightsPrefix(model.hash)}${name}`,
        Body: createReadStream(path),
        ContentLength: bytes,
        ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      }),
    );
  }
  return missing;
}

/** Whether a job would find every file of the model. */
export async function areWeightsStaged(s3: S3Client, bucket: string, model: StagedModel): Promise<boolean> {
  return (await missingWeights(s3, bucket, model)).length === 0;
}

async function missingWeights(s3: S3Client, Bucket: string, { hash, files }: StagedModel): Promise<string[]> {
  const Prefix = weightsPrefix(hash);
  const there = new Set<string>();
  for await (const { Contents } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
    for (const { Key } of Contents ?? []) there.add(Key?.slice(Prefix.length) ?? '');
  }
  return Object.keys(files).filter((name) => !there.has(name));
}

async function looked(path: string, name: string, wanted: string) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) {
    throw new Refusal(`${path}: the file is missing · allowed: a folder with all files of the base model`);
  }
  if (found.size > LARGEST_PUT) {
    throw new Refusal(`${path} has ${found.size} bytes · allowed: ${LARGEST_PUT} · split it into shards`);
  }
  const sha256 = await sha256Of(path);
  if (sha256 !== wanted) {
    throw new Refusal(
      `${path} has sha256 ${sha256} · allowed: ${wanted}, which base_models.yaml names · fetch it again; nothing was uploaded`,
    );
  }
  return { name, path, bytes: found.size, sha256 };
}
