import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, type ExecutionListItem, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Stage } from '../stage';
import { ownerTold } from './notices';

/** What the release record says is in service. */
interface Current {
  readonly version: number;
  readonly packageArn: string;
  readonly config: string;
}

const APPROVAL_EVENT = 'SageMaker Model Package State Change';
const POLL_MS = 100;
const PATIENCE_MS = 60_000;

/**
 * Waits until the release machine, started by the approval event, has put the version in service; then delivers the same
 * event a second time and sees that nothing changes.
 */
export async function release(stage: Stage, version: number) {
  await stage.delivered();
  await machinesIdle(stage);
  const current = await currentOf(stage);
  if (current?.version !== version) throw new Error(await whyNot(stage, version, current));
  const endpoint = await describe(stage);
  if (endpoint.EndpointStatus !== 'InService' || endpoint.EndpointConfigName !== current.config) {
    throw new Error(
      `the record says ${current.config} is in service, the endpoint is ${endpoint.EndpointStatus} with ${endpoint.EndpointConfigName}`,
    );
  }

  stage.progress.say('the same approval event, delivered again');
  const before = (await runsOf(stage)).length;
  await stage.redeliver(APPROVAL_EVENT);
  await stage.delivered();
  await machinesIdle(stage);
  const [again, ...earlier] = await runsOf(stage);
  if (earlier.length !== before || again?.status !== 'SUCCEEDED') {
    throw new Error(
      `the second delivery should run the release machine once more to a good end, it is ${again?.status}`,
    );
  }
  const after = await describe(stage);
  if (after.LastModifiedTime?.getTime() !== endpoint.LastModifiedTime?.getTime()) {
    throw new Error('a second delivery of the approval event changed the endpoint; it must change nothing');
  }
  const told = await ownerTold(stage, 'in-service', current.config);
  return {
    happened: `the approval event put it in service; delivered again, it changed nothing; the owner reads "${told}"`,
    evidence: `${endpoint.EndpointArn} on ${current.config}`,
  };
}

/** Executions of the release machine, the newest first. */
async function runsOf(stage: Stage): Promise<ExecutionListItem[]> {
  const stateMachineArn = stage.outputs.ReleaseStateMachineArn;
  const { executions = [] } = await stage.aws.states.send(new ListExecutionsCommand({ stateMachineArn }));
  const started = ({ startDate }: ExecutionListItem) => startDate?.getTime() ?? 0;
  return executions.sort((a, b) => started(b) - started(a));
}

const describe = (stage: Stage) =>
  stage.aws.sagemaker.send(new DescribeEndpointCommand({ EndpointName: stage.outputs.EndpointName }));

/** What the release record holds as `current`; undefined before the first release. */
async function currentOf(stage: Stage): Promise<Current | undefined> {
  const { Item } = await stage.aws.dynamodb.send(
    new GetCommand({
      TableName: stage.outputs.StateTable,
      Key: { pk: 'release' },
      ConsistentRead: true,
    }),
  );
  return Item?.current as Current | undefined;
}

async function machinesIdle(stage: Stage): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { executions = [] } = await stage.aws.states.send(
      new ListExecutionsCommand({
        stateMachineArn: stage.outputs.ReleaseStateMachineArn,
        statusFilter: 'RUNNING',
      }),
    );
    if (executions.length === 0) return;
    if (Date.now() > until) throw new Error(`the release machine still runs after ${PATIENCE_MS / 1000} s`);
    stage.progress.say('the release machine works');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The release machine's own words for why the version is not in service. */
async function whyNot(stage: Stage, version: number, current: Current | undefined): Promise<string> {
  const { executions = [] } = await stage.aws.states.send(
    new ListExecutionsCommand({
      stateMachineArn: stage.outputs.ReleaseStateMachineArn,
    }),
  );
  const inService = current ? `version ${current.version} is in service` : 'nothing is in service';
  const failed = executions.find((execution) => execution.status === 'FAILED');
  if (!failed) {
    const how =
      executions.length === 0 ? 'no approval event reached the release machine' : 'the release machine ended';
    return `version ${version} was not released: ${how}; ${inService}`;
  }
  const { error, cause } = await stage.aws.states.send(
    new DescribeExecutionCommand({ executionArn: failed.executionArn ?? '' }),
  );
  return `version ${version} was not released: ${error ?? ''} ${cause ?? ''}; ${inService}`;
}
