import { MAX_BODY_BYTES } from '../../lambda/invoke-model/contract';
import type { Stage } from '../stage';
import { post, type Reply } from '../traffic/api-caller';
import type { Row } from '../traffic/rows';

/** Path of the API that answers requests. */
export const PREDICTIONS = '/v1/predictions';

/** Asks the API before any release: it says that no model is in service, instead of failing. */
export async function askBeforeRelease(stage: Stage): Promise<string> {
  const reply = await post(stage.consumer, PREDICTIONS, {
    input: emptyInput(stage, 'anybody there?'),
  });
  expectStatus(reply, 503, 'a request before any release');
  const message = JSON.stringify(reply.body);
  if (!message.includes('no model in service yet'))
    throw new Error(`503 must say "no model in service yet": ${message}`);
  return '503 no model in service yet';
}

/** One answered request, and each kind of request that must not be answered. */
export async function serve(stage: Stage, row: Row, version: number) {
  const input = inputOf(stage, row);
  const [field = ''] = stage.play.fields;
  const reply = await post(stage.consumer, PREDICTIONS, {
    input,
    reference: 'CASE-1',
  });
  expectStatus(reply, 200, 'a signed request');
  if (reply.body.modelVersion !== version) {
    throw new Error(`the container reports version ${reply.body.modelVersion}, released is ${version}`);
  }
  const malformed = await post(stage.consumer, PREDICTIONS, {
    input: { ...input, [field]: 7 },
  });
  expectStatus(malformed, 400, `a request whose ${field} is a number`);
  if (!JSON.stringify(malformed.body).includes(field)) {
    throw new Error(`400 must name the field ${field}: ${JSON.stringify(malformed.body)}`);
  }
  const oversized = {
    input: { ...input, [field]: 'x'.repeat(MAX_BODY_BYTES) },
  };
  expectStatus(await post(stage.consumer, PREDICTIONS, oversized), 413, 'an oversized request');
  expectStatus(await post(stage.consumer, PREDICTIONS, { input }, 'not'), 403, 'an unsigned request');
  expectStatus(
    await post(stage.consumer, PREDICTIONS, { input }, 'wrongly'),
    403,
    'a wrongly signed request',
  );
  return {
    inferenceId: String(reply.body.inferenceId),
    happened: `signed request answered by version ${version}; malformed 400, oversized 413, unsigned and wrongly signed 403`,
    evidence: JSON.stringify(reply.body),
  };
}

/** The columns of a row that a caller sends. */
export function inputOf(stage: Stage, row: Row): Row {
  return Object.fromEntries(stage.play.fields.map((field) => [field, row[field] ?? '']));
}

const emptyInput = (stage: Stage, text: string): Row =>
  Object.fromEntries(stage.play.fields.map((field) => [field, text]));

/** @throws when the API answered with another status than it should */
export function expectStatus(reply: Reply, status: number, what: string): void {
  if (reply.status !== status) {
    throw new Error(
      `${what} got ${reply.status} instead of ${status}: ${JSON.stringify(reply.body).slice(0, 400)}`,
    );
  }
}
