import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AccountServices } from '../account';
import type { DeliveredPlace } from './settings';

/** The account that owns the data, for the question whether the role may read there; it is nobody's environment. */
const OWNER = '999988887777';

/**
 * Puts rows where project.yaml says that base data of another account are.
 *
 * The emulator copies no object from one account to another, and takes every bucket for one of the caller's account: the
 * bucket lies in the environment's own. Whether the delivery role's policy lets it read buckets of other accounts is asked
 * with the owner's account; where it says yes, the emulator is told so for this one bucket.
 *
 * @throws Error when the role's own policy does not let it read
 */
export async function stageForeignData(
  place: DeliveredPlace,
  { emulator, access }: AccountServices,
  sample: readonly string[],
): Promise<void> {
  const [, Bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(place.data) ?? [];
  if (!Bucket) return;
  const role = `arn:aws:iam::${place.account}:role/${place.deliveryRole}`;
  const rights = [
    { action: 's3:ListBucket', resource: `arn:aws:s3:::${Bucket}` },
    { action: 's3:GetObject', resource: `arn:aws:s3:::${Bucket}/${prefix}*` },
  ];
  const context = { 'aws:ResourceAccount': OWNER };
  for (const right of rights) {
    const denial = await access.check({ role, ...right, context });
    if (denial) throw new Error(`${place.name} cannot read ${place.data}: ${denial}`);
  }
  const s3 = new S3Client({ ...emulator.client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const file of sample)
    await s3.send(
      new PutObjectCommand({ Bucket, Key: `${prefix}${basename(file)}`, Body: readFileSync(file) }),
    );
  await new IAMClient(emulator.client).send(
    new PutRolePolicyCommand({
      RoleName: place.deliveryRole,
      PolicyName: 'rehearsal-foreign-data',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: rights.map(({ action, resource }) => ({
          Effect: 'Allow',
          Action: action,
          Resource: resource,
        })),
      }),
    }),
  );
}
