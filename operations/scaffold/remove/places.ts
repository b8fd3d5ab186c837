import { deliveryNamesOf, namesOf } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import type { Destination } from '../../aws/credentials';

/** Where a project has something: one of its environments, or what delivers it. */
export interface Place extends Destination {
  /** In the order in which they go. */
  readonly stacks: readonly string[];
  /** Endpoint, pipeline and start of the names of its models. @default - what delivers has no models */
  readonly models?: string;
  /** The stack that trains: what goes before it watches, what goes after it serves. @default - as for `models` */
  readonly makesModels?: string;
  readonly kept: Kept;
}

/** What outlives the stacks, by name. The alias of the key goes, the key stays. */
interface Kept {
  readonly buckets: readonly string[];
  readonly tables: readonly string[];
  readonly packageGroup?: string;
  readonly repository?: string;
  /** Bucket whose encryption names the key, and the alias that it had. */
  readonly key: { readonly bucket: string; readonly alias: string };
  /** Log groups that no stack owns. */
  readonly logGroups: readonly string[];
  /** Log groups that go with their stack; a function's last words can make them again. */
  readonly lateLogGroups: readonly string[];
}

/**
 * Every place where a project of this name can have something, what delivers it first: as long as that is there, a merge
 * makes again what was taken away. All environments of the platform, also those that its project.yaml no longer names.
 */
export function placesOf(platform: Platform, project: string): Place[] {
  const { account, region } = platform.delivery;
  const delivery = deliveryNamesOf({ project, account, region });
  return [
    {
      name: 'delivery',
      account,
      region,
      stacks: [delivery.stack],
      kept: {
        buckets: [delivery.artifactsBucket],
        tables: [],
        repository: delivery.repository,
        key: { bucket: delivery.artifactsBucket, alias: delivery.keyAlias },
        logGroups: [],
        lateLogGroups: [`/aws/lambda/${delivery.functions.reportFailure}`],
      },
    },
    ...Object.entries(platform.environments).map(([environment, place]) =>
      environmentPlace(project, environment, place),
    ),
  ];
}

function environmentPlace(
  project: string,
  environment: string,
  { account, region }: { readonly account: string; readonly region: string },
): Place {
  const names = namesOf({ project, environment, account, region });
  const { monitoring, training, serving, storage } = names.stacks;
  return {
    name: environment,
    account,
    region,
    stacks: [monitoring, training, serving, storage],
    models: names.endpoint,
    makesModels: training,
    kept: {
      buckets: [names.artifactsBucket, names.recordsBucket, names.logsBucket],
      tables: [names.stateTable, names.inferencesTable],
      packageGroup: names.modelPackageGroup,
      key: { bucket: names.artifactsBucket, alias: names.keyAlias },
      logGroups: [`/aws/sagemaker/Endpoints/${names.endpoint}`],
      lateLogGroups: Object.values(names.functions).map((name) => `/aws/lambda/${name}`),
    },
  };
}
