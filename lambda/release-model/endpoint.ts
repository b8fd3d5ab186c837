import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import type { Observed, Target } from './decide';
import { meaningOf } from './errors';
import { configRequest, modelRequest, type Settings } from './settings';

/** The endpoint, its config and its model in SageMaker: looked at and changed, one call each, nothing decided. */
export function endpointOf(sagemaker: SageMakerClient, settings: Settings) {
  const EndpointName = settings.endpoint;

  return {
    /** Describes by exact names. (A list filtered by a name that contains `v1` would answer `v10` too.) */
    async observe(desired: Target | undefined): Promise<Observed> {
      const [endpoint, model, config] = await Promise.all([
        unlessAbsent(() => sagemaker.send(new DescribeEndpointCommand({ EndpointName }))),
        desired &&
          unlessAbsent(() => sagemaker.send(new DescribeModelCommand({ ModelName: desired.config }))),
        desired &&
          unlessAbsent(() =>
            sagemaker.send(
              new DescribeEndpointConfigCommand({
                EndpointConfigName: desired.config,
              }),
            ),
          ),
      ]);
      return {
        ...(endpoint && {
          endpoint: {
            status: endpoint.EndpointStatus ?? 'unknown',
            config: endpoint.EndpointConfigName ?? 'no config',
            ...(endpoint.FailureReason && { reason: endpoint.FailureReason }),
          },
        }),
        model: model !== undefined,
        config: config !== undefined,
      };
    },

    createModel: (target: Target) =>
      unlessExists(() => sagemaker.send(new CreateModelCommand(modelRequest(settings, target)))),

    createConfig: (target: Target) =>
      unlessExists(() => sagemaker.send(new CreateEndpointConfigCommand(configRequest(settings, target)))),

    createEndpoint: ({ config }: Target) =>
      unlessExists(() =>
        sagemaker.send(
          new CreateEndpointCommand({
            EndpointName,
            EndpointConfigName: config,
            Tags: settings.tags,
          }),
        ),
      ),

    /** All at once: the new fleet takes the traffic when it is healthy, and the old one goes. */
    updateEndpoint: ({ config }: Target) =>
      sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName: config })),

    /** The endpoint only. Models and configs stay: they cost nothing and are the way back. */
    deleteEndpoint: () => unlessAbsent(() => sagemaker.send(new DeleteEndpointCommand({ EndpointName }))),
  };
}

async function unlessAbsent<Reply>(ask: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (meaningOf(error) === 'absent') return undefined;
    throw error;
  }
}

/** Takes "it is there already" for success: a turn that was cut off leaves that behind. */
async function unlessExists(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (meaningOf(error) !== 'exists') throw error;
  }
}
