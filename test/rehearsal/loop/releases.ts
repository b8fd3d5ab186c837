import {
  CreateModelPackageCommand,
  DescribeEndpointCommand,
  DescribeModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ReleaseRequest } from '../../../lambda/release-model/contract';
import type { ReleaseRecord } from '../../../lambda/release-model/decide';
import { approve } from '../../../rehearsal/phases/approve';
import type { Stage } from '../../../rehearsal/stage';

/** A model package that a drill registered. */
export interface Package {
  readonly arn: string;
  readonly version: number;
}

/** One run of the release machine, as it ended. */
export interface MachineRun {
  readonly arn: string;
  readonly reason: string;
  readonly status: string;
  /** The release function's last sentence; empty when it was killed. */
  readonly message: string;
}

const POLL_MS = 50;
const PATIENCE_MS = 30_000;

/** Registering, approving and releasing on a stage, and what came of it. */
export class Releases {
  /** @param packageArn a package whose model and metrics further versions are made of */
  constructor(
    private readonly stage: Stage,
    private readonly packageArn: string,
  ) {}

  /**
   * Registers one more version of the group.
   *
   * @param about champion it was compared with (by default the package in service), its model (by default version 1's) and
   *   the author of its change (by default that of version 1)
   */
  async register(
    about: { champion?: string; modelDataUrl?: string; author?: string } = {},
  ): Promise<Package> {
    const { sagemaker } = this.stage.aws;
    const first = await sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: this.packageArn }),
    );
    const [container] = first.InferenceSpecification?.Containers ?? [];
    const champion = about.champion ?? (await this.record()).current?.packageArn ?? 'none';
    const { ModelPackageArn: arn = '' } = await sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: first.ModelPackageGroupName,
        ModelApprovalStatus: 'PendingManualApproval',
        InferenceSpecification: {
          ...first.InferenceSpecification,
          Containers: [{ ...container, ModelDataUrl: about.modelDataUrl ?? container?.ModelDataUrl }],
        },
        ModelMetrics: first.ModelMetrics,
        DriftCheckBaselines: first.DriftCheckBaselines,
        CustomerMetadataProperties: {
          ...first.CustomerMetadataProperties,
          champion,
          ...(about.author && { author: about.author }),
        },
      }),
    );
    return { arn, version: Number(arn.split('/').at(-1)) };
  }

  /** Approves packages, all at once. @returns the runs of the release machine that this led to */
  approve(...packages: readonly Package[]): Promise<MachineRun[]> {
    return this.during(() => Promise.all(packages.map(({ arn }) => approve(this.stage, arn))));
  }

  /** Starts the release machine by hand, as a person does. */
  start(request: ReleaseRequest): Promise<MachineRun[]> {
    return this.during(() =>
      this.stage.aws.states.send(
        new StartExecutionCommand({
          stateMachineArn: this.stage.outputs.ReleaseStateMachineArn,
          input: JSON.stringify(request),
        }),
      ),
    );
  }

  /** Does something, waits until the release machine has come to rest, and tells which runs there were. */
  async during(work: () => Promise<unknown>): Promise<MachineRun[]> {
    const before = new Set((await this.list()).map(({ arn }) => arn));
    await work();
    await this.atRest();
    const runs = (await this.list()).filter(({ arn }) => !before.has(arn)).reverse();
    return Promise.all(runs.map(({ arn }) => this.describe(arn)));
  }

  /** The release record. */
  async record(): Promise<ReleaseRecord> {
    const { Item = {} } = await this.stage.aws.dynamodb.send(
      new GetCommand({
        TableName: this.stage.outputs.StateTable,
        Key: { pk: 'release' },
        ConsistentRead: true,
      }),
    );
    return Item;
  }

  /** Config and time of the last change of the endpoint: equal before and after when nothing was done to it. */
  async endpoint() {
    const endpoint = await this.stage.aws.sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: this.stage.outputs.EndpointName }),
    );
    const { EndpointStatus: status, EndpointConfigName: config, LastModifiedTime: changed } = endpoint;
    return { status, config, changed: changed?.getTime() };
  }

  /** The first run that is under way. */
  async running(): Promise<string> {
    return eventually('a run of the release machine', async () => {
      const [run] = (await this.list()).filter(({ status }) => status === 'RUNNING');
      return run?.arn;
    });
  }

  /** Leaves the lease to a run that nobody knows any more, for a long time. */
  async leaveLease(): Promise<void> {
    const gone = this.stage.outputs.ReleaseStateMachineArn.replace(':stateMachine:', ':execution:');
    await this.stage.aws.dynamodb.send(
      new UpdateCommand({
        TableName: this.stage.outputs.StateTable,
        Key: { pk: 'release' },
        UpdateExpression: 'SET holder = :gone, expires = :later',
        ExpressionAttributeValues: {
          ':gone': `${gone}:gone`,
          ':later': Math.floor(Date.now() / 1000) + 3600,
        },
      }),
    );
  }

  /** Waits until a run holds the lease. */
  async heldBy(run: string): Promise<void> {
    await eventually(`the lease held by ${run}`, async () => (await this.record()).holder === run);
  }

  /** Waits until a version is current. */
  async released(version: number): Promise<void> {
    await eventually(`version ${version} in service`, async () => {
      const { current, holder } = await this.record();
      return !holder && current?.version === version;
    });
  }

  private async atRest(): Promise<void> {
    await eventually('the release machine at rest', async () => {
      await this.stage.delivered();
      const runs = await this.list();
      const { holder } = await this.record();
      return !holder && runs.every(({ status }) => status !== 'RUNNING');
    });
  }

  private async list() {
    const { executions = [] } = await this.stage.aws.states.send(
      new ListExecutionsCommand({ stateMachineArn: this.stage.outputs.ReleaseStateMachineArn }),
    );
    return executions.map(({ executionArn = '', status }) => ({ arn: executionArn, status }));
  }

  private async describe(arn: string): Promise<MachineRun> {
    const run = await this.stage.aws.states.send(new DescribeExecutionCommand({ executionArn: arn }));
    const { reason } = JSON.parse(run.input ?? '{}') as ReleaseRequest;
    const { message = '' } = JSON.parse(run.output ?? '{}') as { message?: string };
    return { arn, reason, status: run.status ?? '', message: run.cause ?? message };
  }
}

/** Asks again and again until there is an answer. @throws when that takes too long */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`waited ${PATIENCE_MS / 1000} s for ${what}`);
    await new Promise((next) => setTimeout(next, POLL_MS));
  }
}
