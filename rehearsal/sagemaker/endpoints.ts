import type {
  CreateEndpointInput,
  DeleteEndpointInput,
  DescribeEndpointInput,
  ListEndpointsInput,
  UpdateEndpointInput,
} from '@aws-sdk/client-sagemaker';
import type { EndpointConfig } from './endpoint-configs';
import { denied, invalid, messageOf, notRehearsed } from './errors';
import { Fleet, FleetFailure } from './fleet';
import { page } from './paging';
import type { Fields } from './service-model';
import { born, type Caller, type Handlers, seconds, type Valid, type World } from './world';

/** An endpoint: what it is said to be, and what answers for it. */
export interface Endpoint {
  readonly record: Fields;
  fleet: Fleet | undefined;
}

/** States in which AWS takes neither an update nor a deletion. */
const BUSY = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** Endpoints. An update that fails goes back to what was there, and says so only by the config's name. */
export function endpoints(world: World): { handlers: Handlers; known: ReadonlyMap<string, Endpoint> } {
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
      assertAllAtOnce(request.DeploymentConfig);
      const config = await configOf(request.EndpointConfigName);
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
      assertAllAtOnce(request.DeploymentConfig);
      const config = await configOf(request.EndpointConfigName);
      await assertMayGrant(world, config, caller);
      // An endpoint whose config was deleted cannot be updated any more.
      await configOf(String(found.record.EndpointConfigName));
      assertIdle(found);
      if (!request.RetainDeploymentConfig) found.record.LastDeploymentConfig = request.DeploymentConfig;
      move(world, found.record, 'Updating', { FailureReason: undefined });
      world.background(String(EndpointArn), () => replace(world, found, config));
      return { EndpointArn };
    },
    DeleteEndpoint: ({ EndpointName }: Valid<DeleteEndpointInput>) => {
      const found = endpoint(EndpointName);
      assertIdle(found);
      move(world, found.record, 'Deleting');
      world.background(String(found.record.EndpointArn), async () => {
        await found.fleet?.stop();
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

function assertAllAtOnce(deployment: Valid<CreateEndpointInput>['DeploymentConfig']): void {
  const type = deployment?.BlueGreenUpdatePolicy?.TrafficRoutingConfiguration?.Type;
  if (deployment?.RollingUpdatePolicy || (type && type !== 'ALL_AT_ONCE'))
    throw notRehearsed('A canary, linear or rolling update');
}

async function bringUp(world: World, endpoint: Endpoint, config: EndpointConfig): Promise<void> {
  try {
    endpoint.fleet = await Fleet.start(world, String(endpoint.record.EndpointName), config, world.closing);
    move(world, endpoint.record, 'InService');
  } catch (error) {
    move(world, endpoint.record, 'Failed', { FailureReason: reasonOf(error) });
  }
}

/** Blue and green: the old fleet answers until the new one is healthy, and goes on if it never is. */
async function replace(world: World, endpoint: Endpoint, config: EndpointConfig): Promise<void> {
  const { record, fleet: blue } = endpoint;
  try {
    const green = await Fleet.start(world, String(record.EndpointName), config, world.closing);
    endpoint.fleet = green;
    move(world, record, 'InService', { EndpointConfigName: config.EndpointConfigName });
    await blue?.stop();
  } catch (error) {
    world.options.log(
      `endpoint ${record.EndpointName} rolls back to ${record.EndpointConfigName}: ${reasonOf(error)}`,
    );
    move(world, record, 'RollingBack');
    // The API often gives no reason here, so a client that waits for InService alone takes this for success.
    move(world, record, 'InService');
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof FleetFailure ? error.message : messageOf(error).slice(0, 1024);

function move(world: World, record: Fields, status: string, change: Fields = {}): void {
  Object.assign(record, change, { EndpointStatus: status, LastModifiedTime: seconds() });
  announce(world, record);
}

/** The event writes the status in another way than the API: `IN_SERVICE`. */
function announce(world: World, record: Fields): void {
  world.emit('SageMaker Endpoint State Change', [String(record.EndpointArn)], {
    EndpointName: record.EndpointName,
    EndpointArn: record.EndpointArn,
    EndpointConfigName: record.EndpointConfigName,
    EndpointStatus: String(record.EndpointStatus)
      .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
      .toUpperCase(),
    ...(record.FailureReason !== undefined && { FailureReason: record.FailureReason }),
    CreationTime: Math.round(Number(record.CreationTime) * 1000),
    LastModifiedTime: Math.round(Number(record.LastModifiedTime) * 1000),
    Tags: Object.fromEntries(world.tags.get(String(record.EndpointArn)) ?? []),
  });
}
