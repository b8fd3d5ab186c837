import type {
  CreateModelInput,
  DeleteModelInput,
  DescribeModelInput,
  ListModelsInput,
} from '@aws-sdk/client-sagemaker';
import { invalid, messageOf, notRehearsed } from './errors';
import { parseS3Uri } from './jobs/s3-uri';
import { page } from './paging';
import type { Fields } from './service-model';
import { born, type Handlers, seconds, type Valid, type World } from './world';

/** What a model's container is made of. */
export interface Container {
  readonly image: string;
  readonly modelDataUrl: string;
  readonly environment: Readonly<Record<string, string>>;
}

type ContainerDefinition = NonNullable<Valid<CreateModelInput>['PrimaryContainer']>;

/** Models: a container's image, its data and its environment, given directly or by a model package. */
export function models(world: World): Handlers {
  const known = new Map<string, Fields>();
  const model = (name: string): Fields => {
    const found = known.get(name);
    if (!found) throw invalid(`Could not find model "${world.arn('model', name)}".`);
    return found;
  };
  return {
    CreateModel: async ({ Tags, ...request }: Valid<CreateModelInput>) => {
      const ModelArn = world.arn('model', request.ModelName);
      if (known.has(request.ModelName)) throw invalid(`Cannot create already existing model "${ModelArn}".`);
      if ((request.Containers?.length ?? 0) > 1) throw notRehearsed('A model of several containers');
      const definition = request.PrimaryContainer ?? request.Containers?.[0];
      if (!definition) throw invalid('One of PrimaryContainer and Containers is required');
      const { modelDataUrl } = await containerOf(world, definition);
      await assertReadable(world, modelDataUrl, request.ExecutionRoleArn);
      known.set(request.ModelName, { ...request, ModelArn, CreationTime: seconds() });
      born(world, ModelArn, Tags);
      return { ModelArn };
    },
    DescribeModel: ({ ModelName }: Valid<DescribeModelInput>) => model(ModelName),
    ListModels: (input: Valid<ListModelsInput>) =>
      page(input, { records: known.values(), as: 'Models', name: 'ModelName', order: 'Descending' }),
    DeleteModel: ({ ModelName }: Valid<DeleteModelInput>) => {
      world.tags.delete(String(model(ModelName).ModelArn));
      known.delete(ModelName);
      return {};
    },
  };
}

/** Resolves a container definition; one that names a model package takes from it what it does not say itself. */
export async function containerOf(world: World, definition: ContainerDefinition): Promise<Container> {
  if (definition.Mode === 'MultiModel') throw notRehearsed('A multi-model container');
  if (definition.ModelDataSource) throw notRehearsed('ModelDataSource');
  const base = definition.ModelPackageName ? await packaged(world, definition.ModelPackageName) : undefined;
  const image = definition.Image ?? base?.image;
  const modelDataUrl = definition.ModelDataUrl ?? base?.modelDataUrl;
  if (!image) throw invalid('A container needs an Image, its own or that of its ModelPackageName');
  if (!modelDataUrl) throw notRehearsed('A container without ModelDataUrl');
  return { image, modelDataUrl, environment: { ...base?.environment, ...definition.Environment } };
}

async function packaged(world: World, name: string): Promise<Partial<Container>> {
  const described = await world.look('DescribeModelPackage', { ModelPackageName: name });
  const specification = described.InferenceSpecification as
    | { Containers?: ContainerDefinition[] }
    | undefined;
  const [container] = specification?.Containers ?? [];
  return {
    image: container?.Image,
    modelDataUrl: container?.ModelDataUrl,
    environment: container?.Environment,
  };
}

/** SageMaker looks for the artefact when the model is created, as the model's role. */
export async function assertReadable(world: World, url: string, role: string | undefined): Promise<void> {
  const { bucket, key } = parseS3Uri(url);
  const refused = (why: string) =>
    invalid(
      `Could not access model data at ${url}. Please ensure that the role "${role}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in ${world.options.region}. (${why})`,
    );
  try {
    const store = await world.options.store(role);
    await store.get(bucket, key);
  } catch (error) {
    throw refused(messageOf(error));
  }
}
