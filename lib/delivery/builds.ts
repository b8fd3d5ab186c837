import type { DeliveryNames } from '../config/names';
import { type DeliveredEnvironment, stepsIn } from './stages';
import { deliverySteps, type Step } from './steps';

/** A CodeBuild project of the pipeline: a step, and the environment that it changes. */
export interface Build {
  readonly projectName: string;
  readonly step: Step;

  /** @default - it changes none */
  readonly environment?: string;
}

/**
 * The CodeBuild projects that these environments need.
 *
 * @param longestTrainingHours after how many hours the longest training is stopped
 */
export function buildsOf(
  names: Pick<DeliveryNames, 'stack' | 'build'>,
  environments: readonly DeliveredEnvironment[],
  longestTrainingHours: number,
): Build[] {
  const steps = deliverySteps(names.stack, longestTrainingHours);
  const asked = environments.some(({ approval }) => approval);
  const alone = [steps.update, steps.check, steps.image, ...(asked ? [steps.evidence] : [])];
  return [
    ...alone.map((step) => ({ projectName: names.build(step.name), step })),
    ...environments.flatMap((environment) =>
      stepsIn(environment).map((name) => ({
        projectName: names.build(name, environment.name),
        step: steps[name],
        environment: environment.name,
      })),
    ),
  ];
}
