import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { CreateModelInput } from '@aws-sdk/client-sagemaker';
import { Capture } from './capture';
import type { EndpointConfig } from './endpoint-configs';
import { ModelServer } from './model-server';
import { type Container, containerOf } from './models';
import type { Fields } from './service-model';
import { seconds, type Valid, type World } from './world';

/** One variant of an endpoint, serving. */
export interface Variant {
  readonly name: string;
  readonly weight: number;
  readonly instances: number;
  readonly container: Container;
  readonly server: ModelServer;
  readonly capture: Capture | undefined;
}

/** Says why a fleet did not come up, as DescribeEndpoint's FailureReason. */
export class FleetFailure extends Error {}

/** The model servers of one endpoint config: one process a variant, however many instances are asked for. */
export class Fleet {
  private constructor(
    readonly config: EndpointConfig,
    readonly variants: readonly Variant[],
  ) {}

  /** Starts every variant and waits until each is healthy; if one is not, none is left. */
  static async start(
    world: World,
    endpoint: string,
    config: EndpointConfig,
    stop: AbortSignal,
  ): Promise<Fleet> {
    const variants: Variant[] = [];
    try {
      for (const variant of config.ProductionVariants) {
        const model = (await world.look('DescribeModel', {
          ModelName: variant.ModelName,
        })) as unknown as Valid<CreateModelInput>;
        const started = await startVariant(world, endpoint, config, variant, model);
        variants.push(started);
        if (!(await started.server.healthy(world.options.pingTimeoutMs ?? 20_000, stop))) {
          world.options.log(
            `variant ${started.name} of endpoint ${endpoint} is not healthy, see ${started.server.log}`,
          );
          throw new FleetFailure(
            `The primary container for production variant ${started.name} did not pass the ping health check. Please check CloudWatch logs for this endpoint.`,
          );
        }
      }
      return new Fleet(config, variants);
    } catch (error) {
      await Promise.all(variants.map(({ server }) => server.stop()));
      throw error;
    }
  }

  /** The named variant, or one by weight. */
  pick(name: string | undefined): Variant | undefined {
    if (name) return this.variants.find((variant) => variant.name === name);
    const total = this.variants.reduce((sum, { weight }) => sum + weight, 0);
    let left = Math.random() * total;
    for (const variant of this.variants) {
      left -= variant.weight;
      if (left < 0) return variant;
    }
    return this.variants[0];
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.variants.map(({ server, capture }) => Promise.all([server.stop(), capture?.close()])),
    );
  }

  async flush(): Promise<void> {
    await Promise.all(this.variants.map(({ capture }) => capture?.flush()));
  }

  /** What DescribeEndpoint says of what is running. */
  describe(): Fields {
    const { DataCaptureConfig: capture } = this.config;
    return {
      EndpointConfigName: this.config.EndpointConfigName,
      ProductionVariants: this.variants.map(({ name, weight, instances, container }) => ({
        VariantName: name,
        DeployedImages: [
          { SpecifiedImage: container.image, ResolvedImage: container.image, ResolutionTime: seconds() },
        ],
        CurrentWeight: weight,
        DesiredWeight: weight,
        CurrentInstanceCount: instances,
        DesiredInstanceCount: instances,
      })),
      DataCaptureConfig: capture && {
        EnableCapture: capture.EnableCapture ?? false,
        CaptureStatus: capture.EnableCapture ? 'Started' : 'Stopped',
        CurrentSamplingPercentage: capture.InitialSamplingPercentage,
        DestinationS3Uri: capture.DestinationS3Uri,
        KmsKeyId: capture.KmsKeyId ?? '',
      },
    };
  }
}

async function startVariant(
  world: World,
  endpoint: string,
  config: EndpointConfig,
  variant: EndpointConfig['ProductionVariants'][number],
  model: Valid<CreateModelInput>,
): Promise<Variant> {
  const name = variant.VariantName;
  const definition = model.PrimaryContainer ?? model.Containers?.[0];
  if (!definition) throw new FleetFailure(`model ${model.ModelName} has no container`);
  const container = await containerOf(world, definition);
  const roleArn = config.ExecutionRoleArn ?? model.ExecutionRoleArn;
  const turn = `${config.EndpointConfigName}-${randomBytes(3).toString('hex')}`;
  const server = await ModelServer.start(world, {
    container,
    roleArn,
    isolate: config.EnableNetworkIsolation ?? model.EnableNetworkIsolation ?? false,
    base: path.join(world.options.directory, 'endpoints', endpoint, turn, name),
    log: path.join(world.logs, `${turn}-${name}.log`),
  });
  const capturing = config.DataCaptureConfig?.EnableCapture ? config.DataCaptureConfig : undefined;
  return {
    name,
    weight: variant.InitialVariantWeight ?? 1,
    instances: variant.InitialInstanceCount ?? 1,
    container,
    server,
    capture: capturing && new Capture(world, { config: capturing, endpoint, variant: name, roleArn }),
  };
}
