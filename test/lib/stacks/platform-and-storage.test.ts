import { Match } from 'aws-cdk-lib/assertions';
import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';

const organisation = testOrganisation();
const platform = organisation.template('dev-platform');
const storage = organisation.template('mail-dev-storage');
afterAll(() => organisation.remove());

test('jobs have a private subnet in each named zone, and no way to the internet', () => {
  const subnets = Object.values(platform.findResources('AWS::EC2::Subnet'));

  expect(subnets.map(({ Properties }) => Properties.AvailabilityZone)).toEqual(['eu-west-1a', 'eu-west-1b']);
  for (const type of ['InternetGateway', 'NatGateway', 'EIP'])
    platform.resourceCountIs(`AWS::EC2::${type}`, 0);
  platform.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
});

test('machines let nothing in and reach out by HTTPS only', () => {
  platform.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
    SecurityGroupIngress: Match.absent(),
  });
});

test('all traffic is logged', () => {
  platform.hasResourceProperties('AWS::EC2::FlowLog', {
    TrafficType: 'ALL',
    LogDestinationType: 'cloud-watch-logs',
  });
});

test.each(['vpc-id', 'subnet-1', 'subnet-2', 'security-group-id', 'page-topic-arn', 'inform-topic-arn'])(
  'the platform publishes %s',
  (name) => {
    platform.hasResourceProperties('AWS::SSM::Parameter', { Name: `/mlops/dev/platform/${name}` });
  },
);

test.each([
  ['page', 'oncall@example.com'],
  ['inform', 'ml-platform@example.com'],
])('the topic %s reaches %s', (topic, Endpoint) => {
  platform.hasResourceProperties('AWS::SNS::Topic', { TopicName: `dev-platform-${topic}` });
  platform.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint });
});

test('of two platforms in one account and region, one owns the log role of API Gateway', () => {
  const shared = testOrganisation((projects) =>
    projects.write('platform.yaml', PLATFORM_YAML.replace('444455556666', '111122223333')),
  );

  shared.template('dev-platform').resourceCountIs('AWS::ApiGateway::Account', 1);
  shared.template('prod-platform').resourceCountIs('AWS::ApiGateway::Account', 0);
  shared.remove();
});

test.each(['artifacts', 'records'])(
  'the bucket %s is private, encrypted by our key, versioned and logged',
  (what) => {
    storage.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: `mail-dev-${what}-111122223333-eu-west-1`,
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' }, BucketKeyEnabled: true },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: { LogFilePrefix: `${what}/` },
      },
    });
  },
);

test('every bucket refuses requests without TLS', () => {
  const policies = Object.values(storage.findResources('AWS::S3::BucketPolicy'));

  expect(policies).toHaveLength(3);
  for (const { Properties } of policies) {
    expect(Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  }
});

test('captured records and corrections are forgotten after the days the project says, old versions too', () => {
  const rule = (prefix: string) =>
    Match.objectLike({
      Prefix: prefix,
      ExpirationInDays: 30,
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      Status: 'Enabled',
    });

  storage.hasResourceProperties('AWS::S3::Bucket', {
    BucketName: Match.stringLikeRegexp('records'),
    LifecycleConfiguration: { Rules: Match.arrayWith([rule('capture/'), rule('feedback/')]) },
  });
});

test.each([
  ['state', Match.absent()],
  ['inferences', { AttributeName: 'expires', Enabled: true }],
])('the table %s is encrypted by our key and can be brought back to any moment', (what, ttl) => {
  storage.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: {
      TableName: `mail-dev-${what}`,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: ttl,
    },
  });
});

test('the key rotates, outlives its stack, and names services for this account only', () => {
  storage.hasResource('AWS::KMS::Key', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
          }),
        ]),
      },
    },
  });
  storage.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/mail-dev' });
});

test('models are registered in a group that outlives its stack', () => {
  storage.hasResource('AWS::SageMaker::ModelPackageGroup', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: { ModelPackageGroupName: 'mail-dev' },
  });
});

test('the outputs are those that delivery and the rehearsal read', () => {
  expect(Object.keys(storage.findOutputs('*')).sort()).toEqual([
    'ArtifactsBucket',
    'InferencesTable',
    'ModelPackageGroup',
    'OwnerTopicArn',
    'RecordsBucket',
    'StateTable',
  ]);
});
