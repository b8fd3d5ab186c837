/** Where the data of a project lie: `s3://bucket/prefix/`. */
export interface DataPlace {
  readonly bucket: string;
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
}

/** @returns undefined for a folder of the project */
export function dataPlaceOf(data: string): DataPlace | undefined {
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(data) ?? [];
  return bucket === undefined || prefix === undefined ? undefined : { bucket, prefix };
}

/** The statements that the owner of the data adds to the policy of the bucket. */
export function dataStatements(role: string, { bucket, prefix }: DataPlace) {
  return [
    {
      Sid: 'MlopsListData',
      Effect: 'Allow',
      Principal: { AWS: role },
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${bucket}`,
      ...(prefix && { Condition: { StringLike: { 's3:prefix': `${prefix}*` } } }),
    },
    {
      Sid: 'MlopsReadData',
      Effect: 'Allow',
      Principal: { AWS: role },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${bucket}/${prefix}*`,
    },
  ];
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

/**
 * Whether a bucket's policy names a role, or its whole account, for reading below a prefix. Conditions and
 * denials are not weighed: this finds a statement that was forgotten, and proves no access.
 */
export function admits(policy: string, role: string, { bucket, prefix }: DataPlace): boolean {
  const { Statement: stated = [] } = JSON.parse(policy) as { Statement?: Statement | readonly Statement[] };
  const statements = ([] as Statement[]).concat(stated);
  const object = `arn:aws:s3:::${bucket}/${prefix}x`;
  const account = role.split(':')[4] ?? '';
  const names = [role, account, `arn:aws:iam::${account}:root`, '*'];
  const allows = (action: string, resource: string) =>
    statements.some(
      ({ Effect, Principal, Action, Resource }) =>
        Effect === 'Allow' &&
        principalsOf(Principal).some((principal) => names.includes(principal)) &&
        texts(Action).some((pattern) => matches(pattern, action)) &&
        texts(Resource).some((pattern) => matches(pattern, resource)),
    );
  return allows('s3:GetObject', object) && allows('s3:ListBucket', `arn:aws:s3:::${bucket}`);
}

const texts = (value: string | readonly string[] = []): string[] => ([] as string[]).concat(value);

function principalsOf(principal: Statement['Principal'] = {}): string[] {
  return typeof principal === 'string' ? [principal] : texts(principal.AWS);
}

/** `*` and `?` as in policies; actions have no case. */
function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'is').test(text);
}
