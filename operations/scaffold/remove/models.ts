import { randomUUID } from 'node:crypto';
import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  paginateListEndpointConfigs,
  paginateListModels,
  paginateListPipelineExecutions,
  SageMakerClient,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import type { ClientConfig } from '../../aws/credentials';
import { unlessAbsent } from './absent';
import type { Pause } from './stacks';

/** An endpoint, and what it keeps running. */
export interface RunningEndpoint {
  readonly name: string;
  readonly status: string;
  readonly instances: ReadonlyArray<{ readonly type: string; readonly count: number }>;
}

/** The endpoint of this name; undefined when there is none. */
export async function endpointOf(config: ClientConfig, name: string): Promise<RunningEndpoint | undefined> {
  const client = new SageMakerClient(config);
  const endpoint = await unlessAbsent(() => client.send(new DescribeEndpointCommand({ EndpointName: name })));
  if (!endpoint) return undefined;
  const { EndpointConfigName } = endpoint;
  const described = await unlessAbsent(() =>
    client.send(new DescribeEndpointConfigCommand({ EndpointConfigName })),
  );
  const now = new Map(
    endpoint.ProductionVariants?.map((each) => [each.VariantName, each.CurrentInstanceCount]),
  );
  return {
    name,
    status: endpoint.EndpointStatus ?? 'unknown',
    instances: (described?.ProductionVariants ?? []).map(
      ({ VariantName, InstanceType, InitialInstanceCount }) => ({
        type: InstanceType ?? 'unknown',
        count: now.get(VariantName) ?? InitialInstanceCount ?? 0,
      }),
    ),
  };
}

/**
 * Stops the trainings that run: a pipeline can only be deleted when none does.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeletePipeline.html
 */
export async function stopTrainings(config: ClientConfig, pipeline: string, pause: Pause): Promise<number> {
  const client = new SageMakerClient(config);
  const stopped = new Set<string>();
  for (;;) {
    const running = await unlessAbsent(() => runningExecutions(client, pipeline));
    if (!running || running.length === 0) return stopped.size;
    for (const { arn, stopping } of running) {
      stopped.add(arn);
      if (stopping) continue;
      await client.send(
        new StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: randomUUID() }),
      );
    }
    await pause();
  }
}

async function runningExecutions(client: SageMakerClient, PipelineName: string) {
  const running: { arn: string; stopping: boolean }[] = [];
  for await (const page of paginateListPipelineExecutions({ client }, { PipelineName })) {
    for (const {
      PipelineExecutionArn: arn = '',
      PipelineExecutionStatus: status,
    } of page.PipelineExecutionSummaries ?? []) {
      if (status === 'Executing' || status === 'Stopping')
        running.push({ arn, stopping: status === 'Stopping' });
    }
  }
  return running;
}

/**
 * Deletes the endpoint, which costs as long as it is there, then its configs and models. No stack owns any of them.
 *
 * Before the role of the models goes: SageMaker needs it to take away what the endpoint had.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpoint.html
 * @returns how many configs and models are gone
 */
export async function deleteModels(config: ClientConfig, name: string, pause: Pause): Promise<number> {
  const client = new SageMakerClient(config);
  await deregisterScaling(config, name);
  for (;;) {
    const endpoint = await endpointOf(config, name);
    if (!endpoint) break;
    // One that is being made or changed takes no deletion.
    if (!/^(Creating|Updating|SystemUpdating|RollingBack|Deleting)$/.test(endpoint.status)) {
      await client.send(new DeleteEndpointCommand({ EndpointName: name }));
    }
    await pause();
  }
  const ours = new RegExp(`^${name}-v\\d+-[0-9a-f]+$`);
  const configs = (await configNames(client, name)).filter((each) => ours.test(each));
  for (const EndpointConfigName of configs) {
    await unlessAbsent(() => client.send(new DeleteEndpointConfigCommand({ EndpointConfigName })));
  }
  const models = (await modelNames(client, name)).filter((each) => ours.test(each));
  for (const ModelName of models) {
    await unlessAbsent(() => client.send(new DeleteModelCommand({ ModelName })));
  }
  return configs.length + models.length;
}

async function configNames(client: SageMakerClient, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListEndpointConfigs({ client }, { NameContains: `${prefix}-v` })) {
    names.push(...(page.EndpointConfigs ?? []).map(({ EndpointConfigName = '' }) => EndpointConfigName));
  }
  return names;
}

async function modelNames(client: SageMakerClient, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListModels({ client }, { NameContains: `${prefix}-v` })) {
    names.push(...(page.Models ?? []).map(({ ModelName = '' }) => ModelName));
  }
  return names;
}

/** Scaling belongs to the endpoint's name: left behind, it would act on the next endpoint that has it. */
async function deregisterScaling(config: ClientConfig, name: string): Promise<void> {
  const client = new ApplicationAutoScalingClient(config);
  await unlessAbsent(() =>
    client.send(
      new DeregisterScalableTargetCommand({
        ServiceNamespace: 'sagemaker',
        ResourceId: `endpoint/${name}/variant/AllTraffic`,
        ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      }),
    ),
  );
}
