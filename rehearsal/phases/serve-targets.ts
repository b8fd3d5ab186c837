import type { TargetsItem } from '../../lambda/release-model/contract';
import type { Stage } from '../stage';
import { get } from '../traffic/api-caller';
import type { Row } from '../traffic/rows';
import { expectStatus, TARGETS } from './requests';

/**
 * Lists what the version in service knows.
 *
 * @param row a row of its data, whose classes must be among them
 * @returns classes by target, counted
 */
export async function listTargets(stage: Stage, row: Row, version: number): Promise<string> {
  const reply = await get(stage.consumer, TARGETS);
  expectStatus(reply, 200, 'a signed request for the targets');
  const { modelVersion, targets } = reply.body as unknown as TargetsItem;
  if (modelVersion !== version) {
    throw new Error(`the targets listed are those of version ${modelVersion}, released is ${version}`);
  }
  for (const target of stage.play.targets) {
    const { classes = [], changed } = targets[target] ?? {};
    const listed = classes.find(({ name }) => name === row[target]);
    if (!listed || !changed || listed.since > changed) {
      throw new Error(
        `${target} is not listed with the class ${row[target]}: ${JSON.stringify(targets[target])}`,
      );
    }
  }
  expectStatus(await get(stage.consumer, TARGETS, 'not'), 403, 'an unsigned request for the targets');
  return stage.play.targets.map((target) => `${targets[target]?.classes.length} of ${target}`).join(', ');
}
