import {
  type ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { VARIANT } from './requests';
import type { Scaling, Settings } from './settings';

/**
 * Scaling of the endpoint in Application Auto Scaling. A target can be registered only for an endpoint that is there,
 * which is why the release does it and no template.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
 */
export function scalingOf(client: ApplicationAutoScalingClient, { endpoint }: Pick<Settings, 'endpoint'>) {
  const target = {
    ServiceNamespace: 'sagemaker',
    ResourceId: `endpoint/${endpoint}/variant/${VARIANT}`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  } as const;
  const { ServiceNamespace, ResourceId, ScalableDimension } = target;

  return {
    /** The scaling there is; undefined without any. Without a policy, what is aimed at is 0. */
    async observe(): Promise<Scaling | undefined> {
      const [{ ScalableTargets: [found] = [] }, { ScalingPolicies: [policy] = [] }] = await Promise.all([
        client.send(
          new DescribeScalableTargetsCommand({
            ServiceNamespace,
            ResourceIds: [ResourceId],
            ScalableDimension,
          }),
        ),
        client.send(new DescribeScalingPoliciesCommand(target)),
      ]);
      if (!found) return undefined;
      const perInstance = policy?.TargetTrackingScalingPolicyConfiguration?.TargetValue ?? 0;
      return { min: found.MinCapacity ?? 0, max: found.MaxCapacity ?? 0, perInstance };
    },

    /** Begins to scale, or changes between what and by what. Both calls replace what is there. */
    async start({ min, max, perInstance }: Scaling): Promise<void> {
      await client.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: min, MaxCapacity: max }));
      await client.send(
        new PutScalingPolicyCommand({
          ...target,
          PolicyName: `${endpoint}-requests`,
          PolicyType: 'TargetTrackingScaling',
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: perInstance,
            PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
            ...COOLDOWN,
          },
        }),
      );
    },

    /** Scales no more; the instances stay as many as they are. */
    async stop(): Promise<void> {
      try {
        await client.send(new DeregisterScalableTargetCommand(target));
      } catch (error) {
        if (!(error instanceof ObjectNotFoundException)) throw error;
      }
    },
  };
}

/** Seconds: out as soon as an instance can be there, in only after a lull. AWS's own default is 300 for both. */
const COOLDOWN = { ScaleOutCooldown: 60, ScaleInCooldown: 300 };
