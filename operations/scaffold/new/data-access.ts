import { platformNamesOf } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import type { Project } from '../../../lib/config/project';
import { dataPlaceOf, dataStatements } from '../../doctor/data-policy';

/** What the owner of the data of one environment has to allow, so that delivery can bring them. */
export interface DataAccess {
  readonly environment: string;
  /** `s3://bucket/prefix/`, as project.yaml says. */
  readonly data: string;
  /** Who reads: the role by which delivery acts in the environment. Jobs read the project's own copy only. */
  readonly role: string;
  /** Statements for the policy of the bucket. */
  readonly bucketPolicy: readonly object[];
  /** Statement for the policy of the KMS key, where the bucket is encrypted with one of the owner's. */
  readonly keyPolicy: readonly object[];
}

/** Each environment whose data lie in S3; those on the sample in the project's folder need nothing. */
export function dataAccessOf(platform: Platform, project: Project): DataAccess[] {
  return Object.entries(project.environments).flatMap(([environment, { data }]) => {
    const place = dataPlaceOf(data);
    const account = platform.environments[environment]?.account;
    if (!place || !account) return [];
    const role = `arn:aws:iam::${account}:role/${platformNamesOf(environment, 0).deliveryRole}`;
    // A policy has each Sid once, and the bucket may hold the data of several projects.
    const own = wordsOf(project.name) + wordsOf(environment);
    return [
      {
        environment,
        data,
        role,
        bucketPolicy: dataStatements(role, place).map((statement) => ({
          ...statement,
          Sid: `${statement.Sid}${own}`,
        })),
        keyPolicy: [keyStatement(role, `MlopsDecryptData${own}`)],
      },
    ];
  });
}

/** Through S3 only. The region is left open: it is the bucket's, which project.yaml does not say. */
const keyStatement = (role: string, Sid: string) => ({
  Sid,
  Effect: 'Allow',
  Principal: { AWS: role },
  Action: 'kms:Decrypt',
  Resource: '*',
  Condition: { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } },
});

/** `crm-mail` → `CrmMail`: a Sid has letters and digits only. */
const wordsOf = (name: string): string =>
  name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
