import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { s3Store } from '../../../rehearsal/sagemaker/s3-store';

const s3 = mockClient(S3Client);
const store = s3Store(new S3Client({ region: 'eu-west-1' }));

beforeEach(() => s3.reset());

test('a list follows every page', async () => {
  s3.on(ListObjectsV2Command, { Bucket: 'b', Prefix: 'p/', ContinuationToken: undefined }).resolves({
    Contents: [{ Key: 'p/1', Size: 3, ETag: '"e1"' }],
    NextContinuationToken: 'more',
    IsTruncated: true,
  });
  s3.on(ListObjectsV2Command, { ContinuationToken: 'more' }).resolves({
    Contents: [{ Key: 'p/2', Size: 4, ETag: '"e2"' }],
  });
  await expect(store.list('b', 'p/')).resolves.toEqual([
    { key: 'p/1', size: 3, etag: 'e1' },
    { key: 'p/2', size: 4, etag: 'e2' },
  ]);
});

test('an object is encrypted with the key it is put with, and with the bucket default without one', async () => {
  s3.on(PutObjectCommand).resolves({});
  await store.put('b', 'k', 'text', 'arn:key');
  await store.put('b', 'k', 'text');
  const [first, second] = s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
  expect(first).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'arn:key' });
  expect(second).not.toHaveProperty('ServerSideEncryption');
});

test('fails as S3 fails', async () => {
  s3.on(GetObjectCommand).rejects(Object.assign(new Error('Access Denied'), { name: 'AccessDenied' }));
  await expect(store.get('b', 'k')).rejects.toThrow('Access Denied');
});
