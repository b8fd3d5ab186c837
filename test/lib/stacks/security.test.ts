import { testOrganisation } from '../../fixtures/organisation';
import { type Resource, resourcesOf } from '../../fixtures/resources';

const organisation = testOrganisation();
const resources = resourcesOf(organisation.app.synth());
afterAll(() => organisation.remove());

const ofType = (...types: string[]) => resources.filter(({ type }) => types.includes(`${type}`));
const named = ({ stack, id }: Resource) => `${stack}/${id}`;

/** The policy of a bucket, queue or topic: the statements that name it. */
function statementsAbout({ stack, id }: Resource): Record<string, unknown>[] {
  return ofType('AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy')
    .filter(({ stack: where, properties }) => {
      const about = JSON.stringify(properties.Bucket ?? properties.Queues ?? properties.Topics);
      return where === stack && about.includes(`"${id}"`);
    })
    .flatMap(({ properties }) => properties.PolicyDocument.Statement);
}

test.each([
  ['bucket', 'AWS::S3::Bucket', 7],
  ['queue', 'AWS::SQS::Queue', 6],
  ['topic', 'AWS::SNS::Topic', 7],
])('every %s refuses requests without TLS', (_, type, least) => {
  const found = ofType(type);

  expect(found.length).toBeGreaterThanOrEqual(least);
  for (const one of found) {
    const refusal = statementsAbout(one).find(({ Effect }) => Effect === 'Deny');
    expect([named(one), refusal]).toEqual([
      named(one),
      expect.objectContaining({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]);
  }
});

test('no bucket can be made public, and each encrypts', () => {
  for (const bucket of ofType('AWS::S3::Bucket')) {
    expect([named(bucket), bucket.properties]).toEqual([
      named(bucket),
      expect.objectContaining({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            expect.objectContaining({
              ServerSideEncryptionByDefault: expect.objectContaining({
                // Access logs cannot be delivered to a bucket that is encrypted by a customer's key.
                SSEAlgorithm: JSON.stringify(bucket.properties.BucketName).includes('-logs-')
                  ? 'AES256'
                  : 'aws:kms',
              }),
            }),
          ],
        },
        LifecycleConfiguration: expect.anything(),
      }),
    ]);
  }
});

test('every table, queue and topic with contents of a project is encrypted', () => {
  for (const { properties } of ofType('AWS::DynamoDB::Table'))
    expect(properties.SSESpecification).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
  for (const { properties } of ofType('AWS::SQS::Queue')) expect(properties.SqsManagedSseEnabled).toBe(true);
  const owners = ofType('AWS::SNS::Topic').filter(({ properties }) => /-owner$/.test(properties.TopicName));
  expect(owners.length).toBeGreaterThanOrEqual(3);
  for (const { properties } of owners) expect(properties.KmsMasterKeyId).toBeDefined();
});

/** Services that act for no account but that of the resource, and document no source for the roles they assume. */
const WITHOUT_SOURCE = new Set(['lambda.amazonaws.com', 'apigateway.amazonaws.com']);

/** Account of a stack, in the platform of the tests. */
function accountOf(stack: string): string {
  if (stack.endsWith('-delivery')) return '000011112222';
  return stack.includes('prod') ? '444455556666' : '111122223333';
}

test('a role that a service assumes is assumed for this account only', () => {
  const trusts = ofType('AWS::IAM::Role').flatMap((role) =>
    role.properties.AssumeRolePolicyDocument.Statement.map((statement: Resource['properties']) => ({
      role: named(role),
      account: accountOf(role.stack),
      service: statement.Principal.Service,
      source: statement.Condition?.StringEquals?.['aws:SourceAccount'],
    })),
  );
  const services = trusts.filter(({ service }) => service && !WITHOUT_SOURCE.has(service));

  expect(services.length).toBeGreaterThan(15);
  for (const { role, account, source } of services) expect([role, source]).toEqual([role, account]);
});

test('a service that writes to a queue, topic or key does it for this account only', () => {
  const policies = [
    ...ofType('AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy').map((policy) => ({
      name: named(policy),
      document: policy.properties.PolicyDocument,
    })),
    ...ofType('AWS::KMS::Key').map((key) => ({ name: named(key), document: key.properties.KeyPolicy })),
  ];
  const allowing = policies.flatMap(({ name, document }) =>
    document.Statement.filter(
      (one: Record<string, Record<string, unknown>>) => `${one.Effect}` === 'Allow' && one.Principal?.Service,
    ).map((statement: unknown) => ({ name, text: JSON.stringify(statement) })),
  );

  expect(allowing.length).toBeGreaterThan(10);
  for (const { name, text } of allowing)
    expect([name, text]).toEqual([name, expect.stringMatching(/aws:Source(Account|Arn)/)]);
});

test('no function may be called by a service without saying for which resource', () => {
  const permissions = ofType('AWS::Lambda::Permission');

  expect(permissions.length).toBeGreaterThan(10);
  for (const permission of permissions)
    expect([named(permission), permission.properties.SourceArn]).toEqual([
      named(permission),
      expect.anything(),
    ]);
});

test('every log is kept for a time that was chosen', () => {
  const groups = ofType('AWS::Logs::LogGroup');

  expect(groups.length).toBeGreaterThan(15);
  for (const group of groups)
    expect([named(group), group.properties.RetentionInDays]).toEqual([named(group), expect.any(Number)]);
});

test('every key rotates', () => {
  for (const key of ofType('AWS::KMS::Key'))
    expect([named(key), key.properties.EnableKeyRotation]).toEqual([named(key), true]);
});

test('no volume, image or build runs in the open: no public address, no inbound rule', () => {
  for (const { properties } of ofType('AWS::EC2::SecurityGroup'))
    expect(properties.SecurityGroupIngress).toBeUndefined();
  expect(ofType('AWS::EC2::SecurityGroupIngress', 'AWS::EC2::InternetGateway', 'AWS::EC2::EIP')).toEqual([]);
});
