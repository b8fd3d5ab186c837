import { resources } from '../../../../operations/doctor/checks/resources';
import { LOOKS } from '../../../../operations/doctor/looks';
import { type Answer, denied, refused } from '../../../fixtures/answers/recorded';
import { deployed, recordedSubject } from '../subject';

const resource = (ResourceType: string, PhysicalResourceId: string, ResourceStatus = 'CREATE_COMPLETE') => ({
  ResourceType,
  PhysicalResourceId,
  ResourceStatus,
});

const look = (listed: readonly object[], answers: Record<string, Answer>) =>
  resources.look(
    recordedSubject({
      DescribeStacks: deployed('mail-dev-storage'),
      ListStackResources: { StackResourceSummaries: listed },
      ...answers,
    }),
  );

test('says how many were looked at when all are there', async () => {
  const listed = [
    resource('AWS::S3::Bucket', 'mail-dev-artifacts'),
    resource('AWS::KMS::Key', 'k-1'),
    resource('AWS::IAM::Policy', 'not looked at'),
    resource('AWS::S3::Bucket', 'already-deleted', 'DELETE_COMPLETE'),
  ];
  const seen = await look(listed, { HeadBucket: {}, DescribeKey: { KeyMetadata: { KeyState: 'Enabled' } } });
  expect(seen).toEqual([{ level: 'ok', what: 'all 2 resources looked at in 1 stacks are there' }]);
});

// Each service has its own word for what is not there.
test.each([
  ['AWS::S3::Bucket', 'HeadBucket', refused('NotFound', 'NotFound', 404)],
  ['AWS::DynamoDB::Table', 'DescribeTable', refused('ResourceNotFoundException')],
  ['AWS::KMS::Key', 'DescribeKey', refused('NotFoundException')],
  ['AWS::Lambda::Function', 'GetFunctionConfiguration', refused('ResourceNotFoundException', '', 404)],
  ['AWS::SageMaker::Pipeline', 'DescribePipeline', refused('ResourceNotFound')],
  [
    'AWS::SageMaker::ModelPackageGroup',
    'DescribeModelPackageGroup',
    refused('ValidationException', 'ModelPackageGroup arn:aws:sagemaker:… does not exist.'),
  ],
  ['AWS::SNS::Topic', 'GetTopicAttributes', refused('NotFoundException')],
  ['AWS::SQS::Queue', 'GetQueueAttributes', refused('QueueDoesNotExist')],
  ['AWS::Logs::LogGroup', 'DescribeLogGroups', { logGroups: [{ logGroupName: 'the-one-and-more' }] }],
  ['AWS::IAM::Role', 'GetRole', refused('NoSuchEntityException')],
  ['AWS::IAM::ManagedPolicy', 'GetPolicy', refused('NoSuchEntity')],
  ['AWS::StepFunctions::StateMachine', 'DescribeStateMachine', refused('StateMachineDoesNotExist')],
  ['AWS::Events::Rule', 'DescribeRule', refused('ResourceNotFoundException')],
  ['AWS::CloudWatch::Alarm', 'DescribeAlarms', { MetricAlarms: [] }],
  ['AWS::ApiGateway::RestApi', 'GetRestApi', refused('NotFoundException')],
  ['AWS::ECR::Repository', 'DescribeRepositories', refused('RepositoryNotFoundException')],
  ['AWS::CodePipeline::Pipeline', 'GetPipeline', refused('PipelineNotFoundException')],
])('finds a deleted %s, and says how to get it back', async (type, command, answer) => {
  const [seen, ...others] = await look([resource(type, 'the-one')], { [command]: answer });
  expect(others).toEqual([]);
  expect(seen).toMatchObject({
    level: 'error',
    what: `${LOOKS[type]?.noun} the-one of stack mail-dev-storage was deleted`,
    fix: expect.stringMatching(/^npx cdk deploy mail-dev-storage --revert-drift/),
  });
});

test('every kind of resource that is looked at has a case above', () => {
  expect(Object.keys(LOOKS)).toHaveLength(17);
});

test('a key that waits for its deletion is an error whose remedy cancels it', async () => {
  const seen = await look([resource('AWS::KMS::Key', 'k-1')], {
    DescribeKey: { KeyMetadata: { KeyState: 'PendingDeletion' } },
  });
  expect(seen).toEqual([
    {
      level: 'error',
      what: 'key k-1 of stack mail-dev-storage is going to be deleted; what it encrypted cannot be read again then',
      fix:
        'aws kms cancel-key-deletion --key-id k-1 --region eu-west-1\n' +
        'aws kms enable-key --key-id k-1 --region eu-west-1',
    },
  ]);
});

test('a rule on a bus of its own is looked at there, and one that is switched off is a warning', async () => {
  const asked: object[] = [];
  const seen = await look([resource('AWS::Events::Rule', 'mail-bus|mail-dev-drift')], {
    DescribeRule: (input) => {
      asked.push(input);
      return { State: 'DISABLED' };
    },
  });
  expect(asked).toEqual([{ Name: 'mail-dev-drift', EventBusName: 'mail-bus' }]);
  expect(seen).toMatchObject([{ level: 'warning', what: expect.stringContaining('mail-dev-drift') }]);
});

test('a resource that may not be looked at is said with the permission, and the others are looked at', async () => {
  const seen = await look(
    [resource('AWS::DynamoDB::Table', 'mail-dev-state'), resource('AWS::S3::Bucket', 'mail-dev-artifacts')],
    { DescribeTable: denied('dynamodb:DescribeTable'), HeadBucket: {} },
  );
  expect(seen).toMatchObject([
    { level: 'ok', what: expect.stringContaining('all 1 resources') },
    { level: 'skipped', what: expect.stringContaining('dynamodb:DescribeTable') },
  ]);
});
