import type { UpdateEndpointInput } from '@aws-sdk/client-sagemaker';
import { type Bake, bake } from './deployment-config';
import type { EndpointConfig } from './endpoint-configs';
import { type Endpoint, move, reasonOf } from './endpoint-record';
import { denied, invalid } from './errors';
import { Fleet } from './fleet';
import type { Caller, Valid, World } from './world';

/** SageMaker looks at the alarms that guard an update with the permissions of who asked for it. */
export async function assertMaySeeAlarms(
  world: World,
  baking: Bake | undefined,
  caller: Caller,
): Promise<void> {
  const { account, region, authorize } = world.options;
  for (const name of baking?.alarms ?? []) {
    const resource = `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
    const denial = await authorize?.({ caller, action: 'cloudwatch:DescribeAlarms', resource });
    if (denial) throw denied(denial);
  }
}

/**
 * A variant that scales keeps its instance type.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-update.html
 */
export function assertSameInstances(
  scaling: object | undefined,
  from: EndpointConfig | undefined,
  to: EndpointConfig,
) {
  const type = (config: EndpointConfig | undefined) => config?.ProductionVariants[0]?.InstanceType;
  if (!scaling || type(from) === type(to)) return;
  throw invalid(
    `The variant ${to.ProductionVariants[0]?.VariantName} is registered as a scalable target: deregister it before its instance type changes`,
  );
}

/** Instances that a config begins with. */
export const instancesOf = ({ ProductionVariants: [variant] }: EndpointConfig): number =>
  variant?.InitialInstanceCount ?? 1;

/** The config with the instances that there are now, where an update asks to keep them. */
export function retained(
  request: Valid<UpdateEndpointInput>,
  config: EndpointConfig,
  fleet: Fleet | undefined,
): EndpointConfig {
  const excluded = request.ExcludeRetainedVariantProperties ?? [];
  const keeps = !excluded.some(({ VariantPropertyType: type }) => type === 'DesiredInstanceCount');
  if (!request.RetainAllVariantProperties || !keeps) return config;
  const live = new Map(fleet?.variants.map(({ name, instances }) => [name, instances]));
  return {
    ...config,
    ProductionVariants: config.ProductionVariants.map((variant) => ({
      ...variant,
      InitialInstanceCount: live.get(variant.VariantName) ?? variant.InitialInstanceCount,
    })),
  };
}

/**
 * Blue and green: the old fleet answers until the new one is healthy, and goes on if it never is, or if an alarm rings
 * while a canary bakes.
 */
export async function replace(
  world: World,
  endpoint: Endpoint,
  config: EndpointConfig,
  baking: Bake | undefined,
): Promise<void> {
  const { record, fleet: blue } = endpoint;
  let green: Fleet | undefined;
  try {
    green = await Fleet.start(world, String(record.EndpointName), config, world.closing);
    if (baking) await shift(world, endpoint, green, baking);
    endpoint.fleet = green;
    move(world, record, 'InService', { EndpointConfigName: config.EndpointConfigName });
    await blue?.stop();
  } catch (error) {
    world.options.log(
      `endpoint ${record.EndpointName} rolls back to ${record.EndpointConfigName}: ${reasonOf(error)}`,
    );
    move(world, record, 'RollingBack');
    await green?.stop();
    // The API often gives no reason here, so a client that waits for InService alone takes this for success.
    move(world, record, 'InService');
  }
}

/** Gives the new fleet its share, then everything; throws when an alarm rings in either time. */
async function shift(world: World, endpoint: Endpoint, fleet: Fleet, baking: Bake): Promise<void> {
  const { share, seconds, lastLook } = baking;
  try {
    for (const [part, wait] of [
      [share, seconds],
      [1, lastLook],
    ] as const) {
      endpoint.canary = { fleet, share: part };
      const rang = await bake(world, baking, wait);
      if (rang.length > 0) throw new Error(`the alarms ${rang.join(', ')} rang`);
    }
  } finally {
    endpoint.canary = undefined;
  }
}
