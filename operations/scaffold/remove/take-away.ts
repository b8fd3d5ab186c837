import type { Seen } from './look';
import { deleteModels, stopTrainings } from './models';
import { deleteStack, type Pause } from './stacks';

/** One thing that is taken away, in words for whoever waits. */
export interface Step {
  readonly what: string;
  readonly take: (pause: Pause) => Promise<unknown>;
}

/**
 * What is taken away of a project in one place, in order. Each step does nothing where there is nothing, so that a run that
 * was cut off is gone on with by running it again.
 *
 * Trainings stop first, since they make models; then the endpoint goes, while its role is still there; then the rest.
 */
export function stepsOf({ place, stacks, access: { config } }: Seen): Step[] {
  const { models, makesModels } = place;
  const takeStack = (name: string): Step => ({
    what: `stack ${name}`,
    take: (pause) => deleteStack(config, name, pause),
  });
  if (models === undefined || makesModels === undefined) return stacks.map(takeStack);
  const first = place.stacks.slice(0, place.stacks.indexOf(makesModels));
  const stopping: Step = {
    what: `running trainings of ${models}`,
    take: (pause) => stopTrainings(config, models, pause),
  };
  const serving: Step = {
    what: `endpoint ${models}, its configs and models`,
    take: (pause) => deleteModels(config, models, pause),
  };
  const training = stacks.includes(makesModels) ? [stopping, takeStack(makesModels)] : [];
  const rest = stacks.filter((name) => name !== makesModels && !first.includes(name));
  return [
    ...stacks.filter((name) => first.includes(name)).map(takeStack),
    ...training,
    serving,
    ...rest.map(takeStack),
  ];
}
