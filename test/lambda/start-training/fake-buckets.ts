import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { awsError } from '../../fixtures/events/aws-error';

/** Buckets as a map of `<bucket>/<key>` to text. */
export function fakeBuckets() {
  const s3 = mockClient(S3Client);
  const objects = new Map<string, string>();
  const at = ({ Bucket, Key }: { Bucket?: string | undefined; Key?: string | undefined }) =>
    `${Bucket}/${Key}`;
  const read = (path: string) => {
    const text = objects.get(path);
    if (text === undefined) throw awsError('object not found');
    return text;
  };

  s3.on(ListObjectsV2Command).callsFake(({ Bucket, Prefix }) => ({
    Contents: [...objects]
      .filter(([path]) => path.startsWith(`${Bucket}/${Prefix}`))
      .map(([path, text]) => ({ Key: path.slice(Bucket.length + 1), Size: text.length })),
  }));
  s3.on(GetObjectCommand).callsFake((input) => {
    const text = read(at(input));
    return { Body: { transformToString: async () => text } };
  });
  s3.on(PutObjectCommand).callsFake((input) => {
    if (input.IfNoneMatch === '*' && objects.has(at(input))) throw awsError('object exists');
    objects.set(at(input), input.Body);
    return {};
  });
  s3.on(CopyObjectCommand).callsFake((input) => {
    objects.set(at(input), read(decodeURIComponent(input.CopySource)));
    return {};
  });

  return { s3, objects };
}
