import type { StackProps } from 'aws-cdk-lib';
import type { Names, PlatformNames } from '../config/names';
import type { Platform } from '../config/platform';
import type { Project, ProjectEnvironment } from '../config/project';

/** All that the stacks of one project in one environment know. Plain data, made by the stage. */
export interface ProjectStackProps extends StackProps {
  readonly project: Project;

  /** The project's settings for this environment. */
  readonly settings: ProjectEnvironment;

  /** Who approves what in this environment. */
  readonly approval: Platform['environments'][string]['approval'];
  readonly names: Names;
  readonly platform: PlatformNames;

  /** The project's image repository. */
  readonly repositoryArn: string;
  readonly images: {
    readonly train: string;
    readonly serve: string;
    /** Preprocesses and evaluates. */
    readonly process: string;
    /** Fits the cheaper learner; undefined where a model is held against none. */
    readonly cheaper: string | undefined;
  };

  /** Hashes of the base model's files that the learner, and the cheaper one, start from; undefined where they start from none. */
  readonly weights: { readonly train: string | undefined; readonly cheaper: string | undefined };

  /** When the monitor and the calendar's retraining run. */
  readonly calendar: {
    readonly monitor: { readonly expression: string; readonly seconds: number };
    /** Undefined when the project never retrains by calendar. */
    readonly retrain: string | undefined;
    /** When the start function looks for what a cooldown held back. */
    readonly tick: string;
  };

  /** Tags of what is made outside CloudFormation: jobs, models, configs and the endpoint. */
  readonly jobTags: Readonly<Record<string, string>>;

  /** Folder of the built Lambda handlers. */
  readonly handlers: string;
}
