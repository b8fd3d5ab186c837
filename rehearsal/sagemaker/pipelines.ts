import type {
  CreatePipelineRequest,
  DeletePipelineRequest,
  DescribePipelineRequest,
  ListPipelinesRequest,
  UpdatePipelineRequest,
} from '@aws-sdk/client-sagemaker';
import { validateDefinition } from '../../pipelines/definition/validate';
import { invalid, messageOf, notFound } from './errors';
import { executions, type Pipeline } from './executions';
import type { Definition } from './interpreter/definition';
import { page } from './paging';
import { plain } from './permissions';
import { born, type Handlers, seconds, type Valid, type World } from './world';

/** Pipelines; their definitions are validated when they are created or updated. */
export function pipelines(world: World): Handlers {
  const known = new Map<string, Pipeline>();
  /** Pipelines by the token of the request that made them: the same request again is no error. */
  const tokens = new Map<string | undefined, string>();
  const pipeline = (nameOrArn: string): Pipeline => {
    const found = known.get(plain(nameOrArn));
    if (!found) throw notFound(`Pipeline '${world.arn('pipeline', plain(nameOrArn))}' does not exist.`);
    return found;
  };
  const running = executions(world, pipeline);
  return {
    CreatePipeline: async ({ Tags, ClientRequestToken, ...request }: Valid<CreatePipelineRequest>) => {
      const { PipelineName: name } = request;
      const PipelineArn = world.arn('pipeline', name);
      if (known.has(name)) {
        if (tokens.get(ClientRequestToken) === PipelineArn) return { PipelineArn };
        throw invalid(
          `Pipeline names must be unique within an AWS account and region. Pipeline with name (${name}) already exists.`,
        );
      }
      const { text, definition } = await read(world, request);
      const record = {
        PipelineDisplayName: name,
        ...request,
        PipelineArn,
        PipelineDefinition: text,
        PipelineStatus: 'Active',
        CreationTime: seconds(),
        LastModifiedTime: seconds(),
      };
      known.set(name, { record, definition });
      tokens.set(ClientRequestToken, PipelineArn);
      born(world, PipelineArn, Tags);
      return { PipelineArn };
    },
    DescribePipeline: ({ PipelineName }: Valid<DescribePipelineRequest>) => pipeline(PipelineName).record,
    UpdatePipeline: async ({ PipelineName, ...change }: Valid<UpdatePipelineRequest>) => {
      const found = pipeline(PipelineName);
      if (change.PipelineDefinition || change.PipelineDefinitionS3Location) {
        const { text, definition } = await read(world, change);
        found.definition = definition;
        found.record.PipelineDefinition = text;
      }
      const { PipelineDefinition: _text, PipelineDefinitionS3Location: _location, ...rest } = change;
      Object.assign(found.record, rest, { LastModifiedTime: seconds() });
      return { PipelineArn: found.record.PipelineArn };
    },
    DeletePipeline: ({ PipelineName }: Valid<DeletePipelineRequest>) => {
      const { PipelineArn } = pipeline(PipelineName).record;
      running.assertIdle(String(PipelineArn));
      known.delete(PipelineName);
      world.tags.delete(String(PipelineArn));
      return { PipelineArn };
    },
    ListPipelines: (input: Valid<ListPipelinesRequest>) =>
      page(input, {
        records: [...known.values()].map(({ record }) => record),
        as: 'PipelineSummaries',
        name: 'PipelineName',
        order: 'Descending',
      }),
    ...running.handlers,
  };
}

/** The definition, given as text or by its place in S3. */
async function read(
  world: World,
  given: Pick<Valid<CreatePipelineRequest>, 'PipelineDefinition' | 'PipelineDefinitionS3Location'>,
): Promise<{ text: string; definition: Definition }> {
  const { PipelineDefinition, PipelineDefinitionS3Location: place } = given;
  if ((PipelineDefinition === undefined) === (place === undefined)) {
    throw invalid('Exactly one of PipelineDefinition and PipelineDefinitionS3Location is required');
  }
  let text = PipelineDefinition ?? '';
  if (place) {
    const store = await world.options.store(undefined);
    text = (await store.get(place.Bucket, place.ObjectKey)).toString('utf8');
  }
  let definition: unknown;
  try {
    definition = JSON.parse(text);
  } catch (error) {
    throw invalid(`The pipeline definition is not JSON: ${messageOf(error)}`);
  }
  const faults = validateDefinition(definition);
  if (faults.length > 0) throw invalid(`Invalid pipeline definition: ${faults.join('; ')}`);
  return { text, definition: definition as Definition };
}
