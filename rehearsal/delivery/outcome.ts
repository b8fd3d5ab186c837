import {
  DescribeEndpointCommand,
  DescribeModelPackageCommand,
  paginateListModelPackages,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { AccountServices } from '../account';
import type { DeliveredPlace } from './settings';

/** A version of the model in an environment. */
interface DeliveredModel {
  readonly version: number;
  /** `Approved`, `PendingManualApproval`, `Rejected`. */
  readonly approval: string;
  /** The gate's sentence, as the package tells it. */
  readonly gate: string;
}

/** What a delivery has made of an environment. */
export interface EnvironmentOutcome {
  readonly environment: string;
  readonly account: string;
  readonly models: readonly DeliveredModel[];
  /** Status of the endpoint; undefined while there is none. */
  readonly endpoint: string | undefined;
}

/** Milliseconds that a release may take after its approval. */
const RELEASE_MS = 60_000;

/** Looks at an environment after a delivery; where policy approves, waits until the model is in service. */
export async function outcomeOf(
  place: DeliveredPlace,
  services: AccountServices,
): Promise<EnvironmentOutcome> {
  const { emulator, sagemaker, courier } = services;
  const { region, credentials } = emulator.client;
  const client = new SageMakerClient({ endpoint: sagemaker.url, region, credentials });
  const until = Date.now() + RELEASE_MS;
  for (;;) {
    await courier.idle();
    const models = await modelsOf(client, place.models);
    const endpoint = await client.send(new DescribeEndpointCommand({ EndpointName: place.models })).then(
      ({ EndpointStatus }) => EndpointStatus,
      () => undefined,
    );
    const released = endpoint === 'InService' && models.some(({ approval }) => approval === 'Approved');
    if (place.approval === 'person' || models.length === 0 || released || Date.now() > until)
      return { environment: place.name, account: place.account, models, endpoint };
    await new Promise((next) => setTimeout(next, 200));
  }
}

async function modelsOf(client: SageMakerClient, group: string): Promise<DeliveredModel[]> {
  const models: DeliveredModel[] = [];
  const pages = paginateListModelPackages(
    { client },
    { ModelPackageGroupName: group, SortBy: 'CreationTime' },
  );
  for await (const { ModelPackageSummaryList = [] } of pages) {
    for (const { ModelPackageArn, ModelPackageVersion, ModelApprovalStatus } of ModelPackageSummaryList) {
      const { ModelPackageDescription } = await client.send(
        new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }),
      );
      models.push({
        version: ModelPackageVersion ?? 0,
        approval: ModelApprovalStatus ?? '',
        gate: ModelPackageDescription ?? '',
      });
    }
  }
  return models;
}
