import type { Config } from '../../lib/config/load';
import { costlierNext } from '../../lib/config/next-learner';
import type { Project, ProjectEnvironment } from '../../lib/config/project';
import { fittedBeside } from '../../pipelines/learners';
import { PROCESSING_INSTANCE } from '../../pipelines/processing-instance';

/** Instances of a type that one use of SageMaker needs in an account and region, all its environments together. */
export interface InstanceNeed {
  /** Name of the quota, as Service Quotas spells it: `ml.g5.2xlarge for training job usage`. */
  readonly quota: string;
  /** Without as many, something declared cannot run at all. */
  readonly least: number;
  /** As many are in use when all projects train, or a release is under way, at once. */
  readonly most: number;
  /** `<project> in <environment>`, each once. */
  readonly by: readonly string[];
}

interface Demand {
  readonly quota: string;
  readonly by: string;
  /** In use all the time, or needed before anything works. */
  readonly least: number;
  readonly most: number;
  /**
   * Held beside the others for a while, by one after the other: a release makes the new fleet before the old
   * one goes.
   */
  readonly beside: number;
}

/**
 * What the projects declare, in the names of SageMaker's quotas. Quotas are counted for each instance type
 * and use, in an account and region; those of GPU instances are 0 until somebody asks.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
 */
export function instanceNeeds(
  config: Config,
  place: { readonly account: string; readonly region: string },
): InstanceNeed[] {
  const demands = Object.entries(config.platform.environments)
    .filter(([, { account, region }]) => account === place.account && region === place.region)
    .flatMap(([environment]) =>
      config.projects.flatMap((project) => demandsOf(config, project, environment)),
    );
  const quotas = [...new Set(demands.map(({ quota }) => quota))].sort();
  return quotas.map((quota) =>
    needOf(
      quota,
      demands.filter((demand) => demand.quota === quota),
    ),
  );
}

function needOf(quota: string, demands: readonly Demand[]): InstanceNeed {
  const jobs = !quota.endsWith(ENDPOINT);
  const sum = (which: 'least' | 'most') => demands.reduce((total, demand) => total + demand[which], 0);
  return {
    quota,
    // Jobs can take turns; endpoints stand side by side.
    least: jobs ? Math.max(...demands.map(({ least }) => least)) : sum('least'),
    most: sum('most') + Math.max(...demands.map(({ beside }) => beside)),
    by: [...new Set(demands.map(({ by }) => by))],
  };
}

const ENDPOINT = 'endpoint usage';

function demandsOf(config: Config, project: Project, environment: string): Demand[] {
  const settings = project.environments[environment];
  if (!settings) return [];
  const { train, serve } = settings;
  const by = `${project.name} in ${environment}`;
  const job = (quota: string): Demand => ({ quota, by, least: 1, most: 1, beside: 0 });
  const training = ({ instance, spot }: typeof train) =>
    job(`${instance} for ${spot ? 'spot training job usage' : 'training job usage'}`);
  const tried = costlierNext(config.platform, project, environment);
  return [
    training(train),
    // The costlier learner of the next environment is tried out here first, on its own machine, never on spare capacity.
    ...(tried ? [training({ ...tried.train, spot: false })] : []),
    // The champion is scored while the cheaper learner is fitted; the monitor may look at the same time.
    {
      ...job(`${PROCESSING_INSTANCE} for processing job usage`),
      most: fitsCheaper(project, settings) ? 3 : 2,
    },
    {
      quota: `${serve.instance} for ${ENDPOINT}`,
      by,
      least: serve.instances.min,
      most: serve.instances.max,
      beside: serve.instances.max,
    },
  ];
}

/** Whether a training fits the cheaper learner, too. */
const fitsCheaper = ({ kind, gate }: Project, { learner }: ProjectEnvironment): boolean =>
  fittedBeside({ learners: kind.learners, learner, against: gate.cheaper }) !== undefined;
