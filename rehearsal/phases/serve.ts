import { type Explanation, MAX_BODY_BYTES } from '../../lambda/invoke-model/contract';
import type { Stage } from '../stage';
import { get, post, type Reply } from '../traffic/api-caller';
import type { Row } from '../traffic/rows';
import { expectStatus, inputOf, PREDICTIONS, TARGETS } from './requests';
import { serveMany } from './serve-many';
import { listTargets } from './serve-targets';

/** Asks the API before any release: it says that no model is in service, instead of failing. */
export async function askBeforeRelease(stage: Stage): Promise<string> {
  const reply = await post(stage.consumer, PREDICTIONS, {
    input: emptyInput(stage, 'anybody there?'),
  });
  expectStatus(reply, 503, 'a request before any release');
  const message = JSON.stringify(reply.body);
  if (!message.includes('no model in service yet'))
    throw new Error(`503 must say "no model in service yet": ${message}`);
  expectStatus(await get(stage.consumer, TARGETS), 503, 'a request for the targets before any release');
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
  const explained = await post(stage.consumer, PREDICTIONS, { input, explain: true });
  expectStatus(explained, 200, 'a request for an explanation');
  const words = wordsIn(stage, explained);
  const many = await serveMany(stage, row);
  const classes = await listTargets(stage, row, version);
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
    ofMany: many.inferenceId,
    happened:
      `signed request answered by version ${version}, explained by ${words} words; ${many.asked} mails at once, ${many.refused} of them ` +
      `bad, answered one by one; classes listed: ${classes}; malformed 400, oversized 413, unsigned and wrongly signed 403`,
    evidence: JSON.stringify(reply.body),
  };
}

/** How many words an explanation weighed, of all targets. */
function wordsIn({ play: { targets } }: Stage, reply: Reply): number {
  const { explanation } = reply.body as { explanation?: Explanation };
  const pieces = targets.map((target) => explanation?.targets[target]?.pieces.length ?? 0);
  if (!pieces.some((count) => count > 0)) {
    throw new Error(`an explanation names no word: ${JSON.stringify(reply.body).slice(0, 400)}`);
  }
  return pieces.reduce((sum, count) => sum + count, 0);
}

const emptyInput = (stage: Stage, text: string): Row =>
  Object.fromEntries(stage.play.fields.map((field) => [field, text]));
