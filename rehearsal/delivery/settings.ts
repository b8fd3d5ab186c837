import type { StagedModel } from '../../operations/delivery/staging/stage-weights';
import type { AccountPlace } from '../account';
import type { PythonSettings } from '../services';

/** An environment that delivery goes through. */
export interface DeliveredPlace extends AccountPlace {
  readonly name: string;
  /** Its shared stack, which a person deploys. */
  readonly platformStack: string;
  /** What delivery may do there; the platform makes it. */
  readonly deliveryRole: string;
  /** Base data as project.yaml declares them; rows of the sample stand in for those in S3. */
  readonly data: string;
  /** The project's model package group and endpoint there. */
  readonly models: string;
  /** Where jobs there find code, data and weights. */
  readonly artifactsBucket: string;
  /** Base models that trainings there start from, each with the folder of this machine that has its files. */
  readonly weights: readonly (StagedModel & { readonly folder: string })[];
  /** Who approves models. */
  readonly approval: 'auto' | 'person';
}

/** All that a rehearsal of a delivery is told. */
export interface DeliverySettings extends PythonSettings {
  readonly project: string;
  /** Folder of platform.yaml and the projects. */
  readonly projects: string;
  readonly delivery: AccountPlace;
  /** In the order of delivery. */
  readonly environments: readonly DeliveredPlace[];
  /** The stack that holds the pipeline, and the pipeline's name. */
  readonly stack: string;
  readonly pipeline: string;
  /** CSV files that stand in for base data in S3. */
  readonly sample: readonly string[];
  /** Whether `npm run check` is left out, which takes longest and needs no account. */
  readonly quick: boolean;
}
