import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Access } from './access/access';
import { keyOfTwin } from './access/twin';
import type { Emulator } from './emulator/emulator';
import type { ObjectStore } from './sagemaker/options';
import { s3Store } from './sagemaker/s3-store';
import type { Clients } from './stage';

/** Clients of the account's root user; everything ends at the emulator or the local SageMaker. */
export function clientsOf(emulator: Pick<Emulator, 'client'>, sagemaker: string): Clients {
  const { region, credentials } = emulator.client;
  const local = { endpoint: sagemaker, region, credentials };
  return {
    s3: new S3Client({ ...emulator.client, forcePathStyle: true }),
    // A training may be started by a synchronous call that retries would repeat.
    lambda: new LambdaClient({ ...emulator.client, maxAttempts: 1 }),
    states: new SFNClient(emulator.client),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(emulator.client)),
    cloudwatch: new CloudWatchClient(emulator.client),
    iam: new IAMClient(emulator.client),
    sagemaker: new SageMakerClient(local),
    runtime: new SageMakerRuntimeClient(local),
  };
}

/**
 * S3 as SageMaker's roles see it: with the key of a user who may do exactly what the role may, so the emulator enforces
 * the role's policies. (It lets nobody assume a role that trusts SageMaker alone, and rightly so.) Use of the KMS key,
 * which the emulator only records, is asked of the role's policies.
 */
export function storesOf(emulator: Pick<Emulator, 'client'>, access: Access) {
  const iam = new IAMClient(emulator.client);
  const own = s3Store(new S3Client({ ...emulator.client, forcePathStyle: true }));
  const stores = new Map<string, Promise<ObjectStore>>();

  async function actingAs(role: string): Promise<ObjectStore> {
    const credentials = await keyOfTwin(iam, role);
    const client = new S3Client({ ...emulator.client, forcePathStyle: true, credentials });
    return withKeyChecked(s3Store(client), keyCheck(access, role, emulator.client.region));
  }

  return (role: string | undefined): Promise<ObjectStore> => {
    if (!role) return Promise.resolve(own);
    const known = stores.get(role) ?? actingAs(role);
    stores.set(role, known);
    return known;
  };
}

/** Asks whether a role may encrypt with a key through S3, as S3 would on its behalf. */
function keyCheck(access: Access, role: string, region: string) {
  const context = { 'kms:ViaService': `s3.${region}.amazonaws.com` };
  return async (key: string | undefined): Promise<void> => {
    const denial =
      key && (await access.check({ role, action: 'kms:GenerateDataKey', resource: key, context }));
    if (denial) throw new Error(`AccessDenied: ${denial}`);
  };
}

function withKeyChecked(store: ObjectStore, check: (key: string | undefined) => Promise<void>): ObjectStore {
  return {
    ...store,
    upload: async (bucket, key, file, kmsKey) => {
      await check(kmsKey);
      await store.upload(bucket, key, file, kmsKey);
    },
    put: async (bucket, key, body, kmsKey) => {
      await check(kmsKey);
      await store.put(bucket, key, body, kmsKey);
    },
  };
}
