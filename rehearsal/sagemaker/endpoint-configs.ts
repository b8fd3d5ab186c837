import type {
  CreateEndpointConfigInput,
  DeleteEndpointConfigInput,
  DescribeEndpointConfigInput,
  ListEndpointConfigsInput,
} from '@aws-sdk/client-sagemaker';
import { invalid, notRehearsed } from './errors';
import { page } from './paging';
import type { Fields } from './service-model';
import { born, type Handlers, seconds, type Valid, type World } from './world';

export type EndpointConfig = Valid<CreateEndpointConfigInput>;

/** Members that would change what an endpoint does and that nothing here acts on. */
const UNSUPPORTED = ['AsyncInferenceConfig', 'ExplainerConfig', 'ShadowProductionVariants'] as const;

/** Endpoint configs. Deleting one in use is allowed, as on AWS, and bricks its endpoint. */
export function endpointConfigs(world: World): Handlers {
  const known = new Map<string, Fields>();
  const config = (name: string): Fields => {
    const found = known.get(name);
    if (!found)
      throw invalid(`Could not find endpoint configuration "${world.arn('endpoint-config', name)}".`);
    return found;
  };
  return {
    CreateEndpointConfig: async ({ Tags, ...request }: EndpointConfig) => {
      const EndpointConfigArn = world.arn('endpoint-config', request.EndpointConfigName);
      if (known.has(request.EndpointConfigName)) {
        throw invalid(`Cannot create already existing endpoint configuration "${EndpointConfigArn}".`);
      }
      for (const member of UNSUPPORTED) if (request[member]) throw notRehearsed(member);
      for (const variant of request.ProductionVariants) {
        if (variant.ServerlessConfig) throw notRehearsed('A serverless variant');
        if (!variant.ModelName) throw notRehearsed('A variant without ModelName (inference components)');
        if (!variant.InstanceType || !variant.InitialInstanceCount) {
          throw invalid(`Variant ${variant.VariantName} needs InstanceType and InitialInstanceCount`);
        }
        await world.look('DescribeModel', { ModelName: variant.ModelName });
      }
      known.set(request.EndpointConfigName, { ...request, EndpointConfigArn, CreationTime: seconds() });
      born(world, EndpointConfigArn, Tags);
      return { EndpointConfigArn };
    },
    DescribeEndpointConfig: ({ EndpointConfigName }: Valid<DescribeEndpointConfigInput>) =>
      config(EndpointConfigName),
    ListEndpointConfigs: (input: Valid<ListEndpointConfigsInput>) =>
      page(input, {
        records: known.values(),
        as: 'EndpointConfigs',
        name: 'EndpointConfigName',
        order: 'Descending',
      }),
    DeleteEndpointConfig: ({ EndpointConfigName }: Valid<DeleteEndpointConfigInput>) => {
      world.tags.delete(String(config(EndpointConfigName).EndpointConfigArn));
      known.delete(EndpointConfigName);
      return {};
    },
  };
}
