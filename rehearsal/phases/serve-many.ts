import { MAX_INPUTS } from '../../lambda/invoke-model/contract';
import type { Stage } from '../stage';
import { post } from '../traffic/api-caller';
import { ODD_TEXTS } from '../traffic/odd-mails';
import type { Row } from '../traffic/rows';
import { expectStatus, inputOf, PREDICTIONS } from './requests';

/** One of the results of a request with many mails. */
interface Result {
  readonly inferenceId?: string;
  readonly output?: Readonly<Record<string, { value: string; abstained: boolean }>>;
  readonly error?: { readonly code: string };
}

/**
 * Asks about good, odd and bad mails at once: each gets its own answer, in order, and the bad ones fail alone.
 *
 * @returns the id of the first answer, to be corrected, and how many mails were asked
 */
export async function serveMany(stage: Stage, row: Row) {
  const good = { input: inputOf(stage, row), reference: 'CASE-2' };
  const odd = Object.values(ODD_TEXTS).map((text) => ({ input: mailOf(stage, text) }));
  const empty = { input: mailOf(stage, '') };
  const inputs = [good, ...odd, empty, { input: 7 }, { ...good }, { ...good, reference: 'CASE-3' }];
  const reply = await post(stage.consumer, PREDICTIONS, { inputs });
  expectStatus(reply, 200, 'a request with many mails');

  const results = reply.body.results as readonly Result[];
  const places = results.map(({ inferenceId, error }) => inferenceId?.split('.').at(-1) ?? error?.code);
  const answered = Array.from({ length: odd.length + 1 }, (_, place) => String(place));
  const wanted = [...answered, ...Array(3).fill('invalid_request'), String(odd.length + 1)];
  if (String(places) !== String(wanted)) {
    throw new Error(`places of the answers and refusals are ${places}, they should be ${wanted}`);
  }
  for (const { output } of results) if (output) expectWhole(stage, output);
  const [first, last] = [results[0], results.at(-1)];
  if (valuesOf(first) !== valuesOf(last)) {
    throw new Error(
      `the same mail got ${valuesOf(first)} in the first place and ${valuesOf(last)} in the last`,
    );
  }
  const tooMany = { inputs: Array(MAX_INPUTS + 1).fill(good) };
  expectStatus(await post(stage.consumer, PREDICTIONS, tooMany), 400, 'a request with too many mails');
  return { inferenceId: first?.inferenceId ?? '', asked: inputs.length, refused: 3 };
}

/** A mail whose last field holds the text; that is the body where a mail has a subject before it. */
function mailOf({ play: { fields } }: Stage, text: string): Row {
  return Object.fromEntries(fields.map((field, index) => [field, index === fields.length - 1 ? text : '']));
}

function expectWhole({ play: { targets } }: Stage, output: NonNullable<Result['output']>): void {
  for (const target of targets) {
    const { value, abstained } = output[target] ?? {};
    if (typeof value !== 'string' || typeof abstained !== 'boolean') {
      throw new Error(`an answer has no ${target} that says whether it abstained: ${JSON.stringify(output)}`);
    }
  }
}

function valuesOf(result: Result | undefined): string {
  return JSON.stringify(Object.values(result?.output ?? {}).map(({ value }) => value));
}
