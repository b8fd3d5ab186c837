import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import picomatch from 'picomatch';
import type { Access } from '../../access/access';
import type { Emulator } from '../../emulator/emulator';
import type { PipelineDefinition } from '../pipeline/definition';
import type { Artifact } from '../pipeline/execution';
import type { Buildspec } from './buildspec';
import type { Session } from './sessions';

const run = promisify(execFile);

/** Files that an artifact holds by default: all. */
const ALL = { base: '.', files: ['**/*'], exclude: [] } as const;

export interface ArtifactStore {
  /** Packs a folder and puts it into the pipeline's bucket, as the role of the session may. */
  put(session: Session, name: string, folder: string, what?: Buildspec['artifacts']): Promise<Artifact>;
  /** Gets an artifact and unpacks it into a folder, which is made. */
  get(session: Session, artifact: Artifact, folder: string): Promise<void>;
}

/**
 * What actions hand on, in the pipeline's own bucket. Archives are tar here and zip in AWS; neither holds git's history.
 *
 * The emulator enforces what roles may do in S3; whether they may use the key is asked of their policies.
 */
export function artifactStore(
  emulator: Pick<Emulator, 'client'>,
  access: Access,
  { name: pipeline, store }: PipelineDefinition,
  folder: string,
): ArtifactStore {
  const clientOf = ({ accessKeyId, secretAccessKey, sessionToken }: Session) =>
    new S3Client({
      ...emulator.client,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    });
  const mayUseKey = async ({ role }: Session, action: string) => {
    const denial =
      store.key && (await access.check({ role, action, resource: store.key, context: VIA_S3(emulator) }));
    if (denial) throw new Error(`AccessDenied: ${denial}`);
  };
  return {
    async put(session, name, from, what = ALL) {
      await mayUseKey(session, 'kms:GenerateDataKey');
      const id = randomBytes(4).toString('hex').slice(0, 7);
      const key = `${pipeline.slice(0, 20)}/${name.slice(0, 10)}/${id}`;
      const base = join(from, what.base);
      const list = join(folder, `${id}.files`);
      const archive = join(folder, `${id}.tgz`);
      writeFileSync(list, chosenFiles(base, what).join('\n'));
      await run('tar', ['-czf', archive, '-C', base, '-T', list]);
      const body = { Bucket: store.bucket, Key: key, Body: createReadStream(archive) };
      await clientOf(session).send(new PutObjectCommand(body));
      for (const file of [list, archive]) rmSync(file);
      return { name, bucket: store.bucket, key };
    },
    async get(session, { bucket: Bucket, key: Key }, target) {
      await mayUseKey(session, 'kms:Decrypt');
      const { Body } = await clientOf(session).send(new GetObjectCommand({ Bucket, Key }));
      const archive = join(folder, `${randomBytes(4).toString('hex')}.tgz`);
      writeFileSync(archive, (await Body?.transformToByteArray()) ?? '');
      mkdirSync(target, { recursive: true });
      await run('tar', ['-xzf', archive, '-C', target]);
      rmSync(archive);
    },
  };
}

const VIA_S3 = ({ client }: Pick<Emulator, 'client'>) => ({
  'kms:ViaService': `s3.${client.region}.amazonaws.com`,
});

/** Files below a folder that a buildspec's patterns choose; links are left out, as CodeBuild does unless told otherwise. */
export function chosenFiles(
  base: string,
  { files, exclude }: Pick<NonNullable<Buildspec['artifacts']>, 'files' | 'exclude'>,
): string[] {
  const wanted = picomatch([...files], { dot: true });
  const unwanted = exclude.length > 0 ? picomatch([...exclude], { dot: true }) : () => false;
  const walk = (folder: string): string[] =>
    readdirSync(join(base, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return walk(path);
      return entry.isFile() && wanted(path) && !unwanted(path) ? [path] : [];
    });
  return walk('').sort();
}
