import type { Stage } from '../stage';
import type { Reply } from '../traffic/api-caller';
import type { Row } from '../traffic/rows';

/** Path of the API that answers requests. */
export const PREDICTIONS = '/v1/predictions';

/** Path of the API that lists targets and their classes. */
export const TARGETS = '/v1/targets';

/** Path of the API that takes corrections. */
export const FEEDBACK = '/v1/feedback';

/** The columns of a row that a caller sends. */
export function inputOf(stage: Stage, row: Row): Row {
  return Object.fromEntries(stage.play.fields.map((field) => [field, row[field] ?? '']));
}

/** @throws when the API answered with another status than it should */
export function expectStatus(reply: Reply, status: number, what: string): void {
  if (reply.status !== status) {
    throw new Error(
      `${what} got ${reply.status} instead of ${status}: ${JSON.stringify(reply.body).slice(0, 400)}`,
    );
  }
}
