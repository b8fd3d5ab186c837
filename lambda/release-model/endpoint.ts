import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type DescribeEndpointOutput,
  DescribeModelCommand,
  type SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { ringing } from './alarms';
import type { Observed, Target } from './decide';
import { meaningOf } from './errors';
import { configRequest, modelRequest, updateRequest } from './requests';
import { scalingOf } from './scaling';
import type { Settings } from './settings';

export interface Clients {
  readonly sagemaker: SageMakerClient;
  readonly cloudwatch: CloudWatchClient;
  readonly autoscaling: ApplicationAutoScalingClient;
}

/**
 * The endpoint, its config and its model in SageMaker, its scaling and its alarms: looked at and changed, one call each,
 * nothing decided.
 */
export function endpointOf({ sagemaker, cloudwatch, autoscaling }: Clients, settings: Settings) {
  const EndpointName = settings.endpoint;
  const scaling = scalingOf(autoscaling, settings);

  return {
    /**
     * Describes by exact names. (A list filtered by a name that contains `v1` would answer `v10` too.)
     *
     * @param underWay whether the endpoint was sent to `desired`: only then can an alarm take it back
     */
    async observe(desired: Target | undefined, underWay: boolean): Promise<Observed> {
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
      // While it is being changed, AWS scales nothing, and nothing is to be done about it.
      const scales = endpoint?.EndpointStatus === 'InService' ? await scaling.observe() : undefined;
      const there = endpoint?.EndpointConfigName === desired?.config;
      const rings = underWay && !there ? await ringing(cloudwatch, guardsOf(endpoint)) : [];
      return {
        ...(endpoint && {
          endpoint: {
            status: endpoint.EndpointStatus ?? 'unknown',
            config: endpoint.EndpointConfigName ?? 'no config',
            instances: endpoint.ProductionVariants?.[0]?.DesiredInstanceCount ?? 0,
            ...(endpoint.FailureReason && { reason: endpoint.FailureReason }),
          },
        }),
        ...(scales && { scaling: scales }),
        ...(rings.length > 0 && { ringing: rings }),
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

    /**
     * The new fleet takes the traffic when it is healthy, and the old one goes: all at once, or by a canary where one is
     * declared and this update is a careful one.
     *
     * @returns the alarms that cannot guard it, as they ring already: they would take back whatever comes, also what
     *   mends their cause
     */
    async updateEndpoint(target: Target, { careful, live }: { careful: boolean; live: number }) {
      const { canary } = settings;
      const rings = careful && canary ? await ringing(cloudwatch, canary.alarms) : [];
      const guarded = careful &&
        canary && { ...canary, alarms: canary.alarms.filter((name) => !rings.includes(name)) };
      const manner = { live, canary: guarded || undefined };
      await sagemaker.send(new UpdateEndpointCommand(updateRequest(settings, target, manner)));
      return rings;
    },

    /** Scales like this, or not at all. */
    scale: (to: Settings['scaling']) => (to ? scaling.start(to) : scaling.stop()),

    /** The endpoint and its scaling only. Models and configs stay: they cost nothing and are the way back. */
    async deleteEndpoint() {
      await scaling.stop();
      await unlessAbsent(() => sagemaker.send(new DeleteEndpointCommand({ EndpointName })));
    },
  };
}

/** The alarms that may take back the update which is under way, or was the last. */
function guardsOf(endpoint: DescribeEndpointOutput | undefined): string[] {
  const alarms = endpoint?.LastDeploymentConfig?.AutoRollbackConfiguration?.Alarms ?? [];
  return alarms.flatMap(({ AlarmName }) => AlarmName ?? []);
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
