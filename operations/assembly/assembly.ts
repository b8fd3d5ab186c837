import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../terminal/refusal';

/** A resource as it stands in a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** A template, as far as it is looked at here. */
export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly [section: string]: unknown;
}

/** A stack that was synthesized, or that is deployed. */
export interface StackTemplate {
  readonly name: string;
  /** Undefined for what delivers: it belongs to no environment. */
  readonly environment: string | undefined;
  /** Undefined for the platform of an environment. */
  readonly project: string | undefined;
  readonly region: string;
  readonly template: Template;
}

/** Stacks that belong together: a synthesis, or what is deployed. */
export interface Assembly {
  readonly stacks: readonly StackTemplate[];
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
}

/** Whether a folder holds a cloud assembly. */
export const isAssembly = (folder: string): boolean => existsSync(join(folder, 'manifest.json'));

/**
 * Reads the stacks of a cloud assembly (`cdk.out`). Which environment and project a stack belongs to is told by its tags
 * `mlops:environment` and `mlops:project`.
 *
 * @throws Refusal when the folder holds none
 * @see https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies
 */
export function readAssembly(folder: string): Assembly {
  if (!isAssembly(folder)) {
    throw new Refusal(
      `${folder}: holds no cloud assembly · allowed: a folder with manifest.json · make one with: npx cdk synth --quiet`,
    );
  }
  const { artifacts = {} } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const stacks = Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, { environment = '', properties = {} }]) => ({
      name: properties.stackName ?? id,
      environment: properties.tags?.['mlops:environment'],
      project: properties.tags?.['mlops:project'],
      region: environment.split('/').at(-1) ?? '',
      template: JSON.parse(
        readFileSync(join(folder, properties.templateFile ?? `${id}.template.json`), 'utf8'),
      ) as Template,
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
  return { stacks };
}
