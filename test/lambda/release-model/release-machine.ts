import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { ReleaseRequest, ReleaseTurnResult } from '../../../lambda/release-model/contract';
import type { ReleaseRecord } from '../../../lambda/release-model/decide';
import { releaseModel } from '../../../lambda/release-model/release-model';
import type { Settings } from '../../../lambda/release-model/settings';
import { packageArn } from './fake-sagemaker';

/** Plays the state machine: it calls the function turn by turn, as one of any number of executions. */
export function releaseMachine(dynamo: DynamoDBDocumentClient, settings: Settings) {
  const states = mockClient(SFNClient);
  const sns = mockClient(SNSClient);
  let executions = 0;
  states.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });

  const turn = (now: () => number = Date.now) =>
    releaseModel({
      sagemaker: new SageMakerClient({}),
      runtime: new SageMakerRuntimeClient({}),
      cloudwatch: new CloudWatchClient({}),
      autoscaling: new ApplicationAutoScalingClient({}),
      states: new SFNClient({}),
      sns: new SNSClient({}),
      dynamo,
      s3: new S3Client({}),
      settings,
      now,
    });
  const execution = () => `arn:aws:states:eu-west-1:111122223333:execution:mail-dev-release:${++executions}`;

  /** One execution, until it ends. */
  async function run(request: ReleaseRequest, now?: () => number): Promise<ReleaseTurnResult> {
    const holder = execution();
    const first = await turn(now)({ request, holder, first: true });
    return first.next === 'wait' ? goOn(holder, now) : first;
  }

  /** The first turn of an execution, which then stops in the middle of an update. */
  async function begin(request: ReleaseRequest): Promise<string> {
    const holder = execution();
    const first = await turn()({ request, holder, first: true });
    if (first.next !== 'wait') throw new Error(`the release ended in its first turn: ${first.message}`);
    return holder;
  }

  async function goOn(holder: string, now?: () => number): Promise<ReleaseTurnResult> {
    for (let count = 0; count < 30; count++) {
      const end = await turn(now)({ request: { reason: 'resume' }, holder, first: false });
      if (end.next !== 'wait') return end;
    }
    throw new Error('the release did not end in 30 turns');
  }

  return {
    run,
    begin,
    goOn,
    states,
    sns,
    async record(): Promise<ReleaseRecord> {
      const { Item } = await dynamo.send(
        new GetCommand({ TableName: settings.table, Key: { pk: 'release' }, ConsistentRead: true }),
      );
      return Item as ReleaseRecord;
    },
    /** Subjects of what the owner was told. */
    told: () => sns.commandCalls(PublishCommand).map((call) => call.args[0].input.Subject),
  };
}

export function approval(version: number): ReleaseRequest {
  return { reason: 'approval', packageArn: packageArn(version) };
}
