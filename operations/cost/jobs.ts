import { recordOf, textOf } from '../assembly/text';
import { HOURS, JOB_MINUTES, SPOT_DISCOUNT, TRAINING_SHARE } from './assumptions';
import type { Prices } from './price-table';

/** A job that a SageMaker pipeline starts. */
export interface Job {
  readonly step: string;
  readonly instance: string;
  readonly count: number;
  readonly volumeGb: number;
  readonly training: boolean;
  readonly spot: boolean;
  /** Hours after which it is stopped. */
  readonly mostHours: number;
}

/** A day, SageMaker's own limit of a job where none is given. */
const DEFAULT_SECONDS = 86_400;

/** The jobs of a pipeline's definition, in the order of its steps. */
export function jobsOf(definition: unknown): Job[] {
  const body = JSON.parse(textOf(definition)) as { readonly Steps?: readonly unknown[] };
  return (body.Steps ?? []).flatMap((step) => {
    const { Name, Type, Arguments } = recordOf(step);
    const given = recordOf(Arguments);
    const resources =
      Type === 'Training'
        ? recordOf(given.ResourceConfig)
        : recordOf(recordOf(given.ProcessingResources).ClusterConfig);
    if (Type !== 'Training' && Type !== 'Processing') return [];
    const { MaxRuntimeInSeconds = DEFAULT_SECONDS } = recordOf(given.StoppingCondition);
    return {
      step: String(Name),
      instance: textOf(resources.InstanceType),
      count: Number(resources.InstanceCount ?? 1),
      volumeGb: Number(resources.VolumeSizeInGB ?? 0),
      training: Type === 'Training',
      spot: given.EnableManagedSpotTraining === true,
      mostHours: Number(MaxRuntimeInSeconds) / 3600,
    };
  });
}

/** What a job costs as a rule and at most, in US dollars; undefined where its instance is not in the table. */
export function costOf(job: Job, prices: Prices): { usd: number; most: number; how: string } | undefined {
  const price = prices.instance(job.instance);
  if (!price) return undefined;
  const volume = (prices.item('ml_volume_gb_month').usd * job.volumeGb) / HOURS;
  const hours = Math.min(
    job.mostHours,
    job.training ? Math.max(job.mostHours * TRAINING_SHARE, JOB_MINUTES / 60) : JOB_MINUTES / 60,
  );
  const hourly = job.count * (price.usd * (job.spot ? 1 - SPOT_DISCOUNT : 1) + volume);
  return {
    usd: hourly * hours,
    most: job.count * (price.usd + volume) * job.mostHours,
    how: `${job.count} × ${job.instance} × ${Math.round(hours * 60)} min × ${price.usd}${job.spot ? `, spot − ${SPOT_DISCOUNT * 100} %` : ''}`,
  };
}
