import type {
  CreateEndpointInput,
  DeleteEndpointInput,
  DescribeEndpointInput,
  ListEndpointsInput,
  UpdateEndpointInput,
} from '@aws-sdk/client-sagemaker';
import { assertAlarms, bakeOf } from './deployment-config';
import type { EndpointConfig } from './endpoint-configs';
import { announce, type Endpoint, move, reasonOf } from './endpoint-record';
import { assertMaySeeAlarms, assertSameInstances, instancesOf, replace, retained } from './endpoint-update';
import { denied, invalid } from './errors';
import { Fleet } from './fleet';
import { page } from './paging';
import type { Fields } from './service-model';
import { born, type Caller, type Handlers, seconds, type Valid, type World } from './world';

/** The scaling of an endpoint, as far as it stands in the way of an update. */
export type Scaled = (endpoint: string) => { end(): void } | undefined;

/** States in which AWS takes neither an update nor a deletion. */
const BUSY = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** Endpoints. An update that fails goes back to what was there, and says so only by the config's name. */
export function endpoints(
  world: World,
  scaled: Scaled,
): { handlers: Handlers; known: ReadonlyMap<string, Endpoint> } {
  const known = new Map<string, Endpoint>();
  const arnOf = (name: string) => world.arn('endpoint', name.toLowerCase());
  const endpoint = (name: string): Endpoint => {
    const found = known.get(name.toLowerCase());
    if (!found) throw invalid(`Could not find endpoint "${arnOf(name)}".`);
    return found;
  };
  const configOf = async (name: string) =>
    (await world.look('DescribeEndpointConfig', { EndpointConfigName: name })) as unknown as EndpointConfig;
  const assertIdle = ({ record }: Endpoint) => {
    if (BUSY.includes(String(record.EndpointStatus)))
      throw invalid(`Cannot update in-progress endpoint "${record.EndpointArn}".`);
  };

  const handlers: Handlers = {
    CreateEndpoint: async ({ Tags, ...request }: Valid<CreateEndpointInput>, caller) => {
      const EndpointArn = arnOf(request.EndpointName);
      const key = request.EndpointName.toLowerCase();
      if (known.has(key)) throw invalid(`Cannot create already existing endpoint "${EndpointArn}".`);
      const config = await configOf(request.EndpointConfigName);
      // A first deployment keeps the config for later ones, and has no old fleet to go from.
      bakeOf(request.DeploymentConfig, instancesOf(config));
      await assertMayGrant(world, config, caller);
      const record: Fields = {
        EndpointName: request.EndpointName,
        EndpointArn,
        EndpointConfigName: request.EndpointConfigName,
        LastDeploymentConfig: request.DeploymentConfig,
        EndpointStatus: 'Creating',
        CreationTime: seconds(),
        LastModifiedTime: seconds(),
      };
      const created: Endpoint = { record, fleet: undefined };
      known.set(key, created);
      born(world, EndpointArn, Tags);
      announce(world, record);
      world.background(EndpointArn, () => bringUp(world, created, config));
      return { EndpointArn };
    },
    DescribeEndpoint: ({ EndpointName }: Valid<DescribeEndpointInput>) => {
      const { record, fleet } = endpoint(EndpointName);
      return { ...record, ...fleet?.describe() };
    },
    ListEndpoints: (input: Valid<ListEndpointsInput>) =>
      page(input, {
        records: [...known.values()].map(({ record }) => record),
        as: 'Endpoints',
        name: 'EndpointName',
        status: 'EndpointStatus',
        order: 'Descending',
      }),
    UpdateEndpoint: async (request: Valid<UpdateEndpointInput>, caller) => {
      const found = endpoint(request.EndpointName);
      assertIdle(found);
      const { EndpointArn, EndpointStatus } = found.record;
      if (EndpointStatus !== 'InService')
        throw invalid(`Endpoint "${EndpointArn}" is ${EndpointStatus}; it can only be deleted`);
      const wanted = await configOf(request.EndpointConfigName);
      const config = retained(request, wanted, found.fleet);
      const deployment = request.RetainDeploymentConfig
        ? (found.record.LastDeploymentConfig as typeof request.DeploymentConfig)
        : request.DeploymentConfig;
      const baking = bakeOf(deployment, instancesOf(config));
      if (baking) await assertAlarms(world, baking.alarms);
      await assertMaySeeAlarms(world, baking, caller);
      assertSameInstances(scaled(request.EndpointName), found.fleet?.config, config);
      await assertMayGrant(world, config, caller);
      // An endpoint whose config was deleted cannot be updated any more.
      await configOf(String(found.record.EndpointConfigName));
      assertIdle(found);
      found.record.LastDeploymentConfig = deployment;
      move(world, found.record, 'Updating', { FailureReason: undefined });
      world.background(String(EndpointArn), () => replace(world, found, config, baking));
      return { EndpointArn };
    },
    DeleteEndpoint: ({ EndpointName }: Valid<DeleteEndpointInput>) => {
      const found = endpoint(EndpointName);
      assertIdle(found);
      move(world, found.record, 'Deleting');
      world.background(String(found.record.EndpointArn), async () => {
        await found.fleet?.stop();
        scaled(EndpointName)?.end();
        known.delete(EndpointName.toLowerCase());
        world.tags.delete(String(found.record.EndpointArn));
      });
      return {};
    },
  };
  return { handlers, known };
}

/**
 * Whoever makes an endpoint lets SageMaker use the key of its volumes, by a grant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
 */
async function assertMayGrant(world: World, { KmsKeyId }: EndpointConfig, caller: Caller): Promise<void> {
  if (!KmsKeyId) return;
  const denial = await world.options.authorize?.({ caller, action: 'kms:CreateGrant', resource: KmsKeyId });
  if (denial) throw denied(denial);
}

async function bringUp(world: World, endpoint: Endpoint, config: EndpointConfig): Promise<void> {
  try {
    endpoint.fleet = await Fleet.start(world, String(endpoint.record.EndpointName), config, world.closing);
    move(world, endpoint.record, 'InService');
  } catch (error) {
    move(world, endpoint.record, 'Failed', { FailureReason: reasonOf(error) });
  }
}
