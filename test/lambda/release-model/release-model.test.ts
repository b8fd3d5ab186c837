import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DescribeModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { ReleaseRequest } from '../../../lambda/release-model/contract';
import { releaseModel } from '../../../lambda/release-model/release-model';
import { awsError } from '../../fixtures/events/aws-error';
import { event } from '../../fixtures/events/model-package-state-change.json';
import { fakeSageMaker, packageArn } from './fake-sagemaker';
import { settings } from './settings-of-a-test';

// What the first turn makes of a request, and what errors outside of SageMaker come to. The rest is in lease.test.ts.
const dynamo = mockClient(DynamoDBDocumentClient);
const states = mockClient(SFNClient);
const sns = mockClient(SNSClient);
const ME = 'arn:aws:states:eu-west-1:111122223333:execution:mail-dev-release:me';
let world: ReturnType<typeof fakeSageMaker>;
let log: jest.SpyInstance;

beforeEach(() => {
  log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  for (const mock of [dynamo, states, sns]) mock.reset();
  world = fakeSageMaker();
  world.register({ version: 1, champion: 'none' });
});

test('the event is a hint: the package is described again, by the ARN the event carries', async () => {
  world.register({ version: 1, champion: 'none', approval: 'Rejected' });

  const end = await turn({ reason: 'approval', packageArn: event.detail.ModelPackageArn });
  expect(end).toMatchObject({ next: 'done', message: 'version 1 is Rejected by now' });
  expect(dynamo.calls()).toHaveLength(0);
  expect(told()).toEqual([]);
});

test.each<[string, ReleaseRequest, string]>([
  [
    'an approval of a package that is gone',
    { reason: 'approval', packageArn: packageArn(9) },
    'does not exist',
  ],
  ['an approval that names no package', { reason: 'approval' }, 'names no packageArn: give the ARN'],
  ['a rollback that names no version', { reason: 'rollback' }, 'names no version: give the number'],
  [
    'a reason that does not exist',
    { reason: 'redo' } as unknown as ReleaseRequest,
    "unknown reason 'redo': use approval (with packageArn), rollback (with version), configuration or resume",
  ],
])('%s is refused, recorded nowhere and told', async (_, request, words) => {
  expect(await turn(request)).toMatchObject({ next: 'refused', message: expect.stringContaining(words) });
  expect(dynamo.calls()).toHaveLength(0);
  expect(told()).toEqual([expect.stringContaining(words)]);
});

test('a package of another group is refused', async () => {
  world.sagemaker
    .on(DescribeModelPackageCommand)
    .resolves({ ModelPackageGroupName: 'calls-dev', ModelApprovalStatus: 'Approved' });

  expect((await turn({ reason: 'approval', packageArn: packageArn(1) })).message).toContain(
    'is of the group calls-dev: this endpoint takes mail-dev only',
  );
});

test('a rollback to a version that is not approved is refused', async () => {
  world.register({ version: 1, champion: 'none', approval: 'Rejected' });

  expect((await turn({ reason: 'rollback', version: 1 })).message).toContain(
    'version 1 is Rejected: approve it before going back to it',
  );
});

test('an approval that AWS throttles is thrown, so that the state machine tries the first turn again', async () => {
  world.meets(DescribeModelPackageCommand, awsError('throttled'));

  await expect(turn({ reason: 'approval', packageArn: packageArn(1) })).rejects.toThrow('Rate exceeded');
  expect(told()).toEqual([]);
});

test('an error of the table is thrown after the lease was freed', async () => {
  dynamo.on(UpdateCommand).rejectsOnce(new Error('table out of reach'));

  await expect(turn({ reason: 'resume' })).rejects.toThrow('table out of reach');
  const last = dynamo.commandCalls(UpdateCommand).at(-1)?.args[0].input;
  expect(last).toMatchObject({
    UpdateExpression: 'REMOVE #holder, #expires',
    ConditionExpression: '#holder = :me',
    ExpressionAttributeValues: { ':me': ME },
  });
});

test('a holder whose execution no longer exists is dead', async () => {
  heldBy('gone');
  states.on(DescribeExecutionCommand).rejects(awsError('execution not found'));

  await turn({ reason: 'resume' });
  expect(takenOverFrom()).toBe('gone');
});

test('a holder that nobody could ask about is left alone', async () => {
  heldBy('unknown');
  states.on(DescribeExecutionCommand).rejects(awsError('throttled'));

  await expect(turn({ reason: 'resume' })).rejects.toThrow('Rate exceeded');
  expect(takenOverFrom()).toBeUndefined();
});

test('a way back that fails too ends the run and calls a person, instead of going round in circles', async () => {
  const config = 'mail-dev-v1-aaaaaaaa';
  const desired = { version: 1, packageArn: packageArn(1), config };
  const current = { ...desired, config: 'mail-dev-v1-gone' };
  dynamo.on(UpdateCommand).resolves({ Attributes: { desired, current, refused: 'version 2 failed' } });
  world.putInService(config);

  expect(await turn({ reason: 'resume' })).toMatchObject({
    next: 'refused',
    message: expect.stringContaining(
      'version 2 failed; the endpoint could not be put right: the smoke request',
    ),
  });
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.Subject).toBe(
    'mail-dev: endpoint needs a person',
  );
});

test('every line of the log is one JSON object', async () => {
  await turn({ reason: 'rollback' });

  const lines = log.mock.calls.map(([line]) => JSON.parse(line));
  expect(lines).toContainEqual(expect.objectContaining({ did: 'refused', reason: 'rollback' }));
});

function turn(request: ReleaseRequest) {
  return releaseModel({
    sagemaker: new SageMakerClient({}),
    runtime: new SageMakerRuntimeClient({}),
    cloudwatch: new CloudWatchClient({}),
    autoscaling: new ApplicationAutoScalingClient({}),
    states: new SFNClient({}),
    sns: new SNSClient({}),
    s3: new S3Client({}),
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient({})),
    settings,
  })({ request, holder: ME, first: true });
}

/** The lease is somebody's; the next conditional write, the taking over, holds. */
function heldBy(holder: string) {
  const taken = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
  });
  dynamo.on(UpdateCommand).rejectsOnce(taken).resolves({ Attributes: {} });
  dynamo.on(GetCommand).resolves({ Item: { holder } });
}

function takenOverFrom() {
  return dynamo
    .commandCalls(UpdateCommand)
    .map((call) => call.args[0].input.ExpressionAttributeValues?.[':dead'])
    .find(Boolean);
}

function told() {
  return sns.commandCalls(PublishCommand).map((call) => call.args[0].input.Message);
}
