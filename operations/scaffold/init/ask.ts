import { Refusal } from '../../terminal/refusal';
import { platformYaml } from './platform-yaml';
import { complete, problemsOf } from './problems';
import type { Question, Values } from './questions';

/** Asks a person one question. */
export interface Asker {
  /** @param problem says what is wrong with an answer, or undefined */
  input(
    question: Question,
    suggestion: string | undefined,
    problem: (answer: string) => string | undefined,
  ): Promise<string>;
  choose(question: Question, choices: readonly string[], suggestion: string | undefined): Promise<string>;
}

/**
 * The values of platform.yaml, from options and, where somebody can be asked, from a person.
 *
 * @param given options, by name; what is given is not asked
 * @param asker @default - nobody is asked: what has no fallback must be given
 * @throws Refusal with everything that is missing or wrong, by option
 */
export async function valuesOf(asked: readonly Question[], given: Values, asker?: Asker): Promise<Values> {
  refuseChoices(asked, given);
  const answers = asker ? await fromPerson(asked, given, asker) : given;
  const { values, missing } = complete(asked, answers);
  const wrong = problemsOf(platformYaml(values), asked)
    .filter(({ option }) => !missing.some((question) => question.option === option))
    .map(({ option, message }) => `  --${option} ${message}`);
  const lacking = missing.map(
    ({ option, text, example }) => `  --${option} is missing: ${text}, such as ${example}`,
  );
  if (lacking.length + wrong.length > 0) {
    throw new Refusal(['nothing was written:', ...lacking, ...wrong].join('\n'));
  }
  return values;
}

async function fromPerson(asked: readonly Question[], given: Values, asker: Asker): Promise<Values> {
  const answers: Record<string, string | undefined> = { ...given };
  for (const question of asked) {
    const { option, choices, fallback } = question;
    if (answers[option] !== undefined || (question.when && !question.when(answers))) continue;
    if (question.asked === false) {
      answers[option] = fallback?.(answers);
      continue;
    }
    const suggestion = question.suggestion?.(answers) ?? fallback?.(answers);
    answers[option] = choices
      ? await asker.choose(question, choices, suggestion)
      : await asker.input(question, suggestion, (answer) => problemOf(asked, answers, question, answer));
  }
  return answers;
}

/** What the rules of platform.yaml say about one answer, beside those that were given before. */
function problemOf(
  asked: readonly Question[],
  answers: Values,
  { option }: Question,
  answer: string,
): string | undefined {
  const { values } = complete(asked, { ...answers, [option]: answer.trim() });
  return problemsOf(platformYaml(values), asked).find((problem) => problem.option === option)?.message;
}

function refuseChoices(asked: readonly Question[], given: Values): void {
  const wrong = asked.flatMap(({ option, choices }) => {
    const value = given[option];
    return choices && value !== undefined && !choices.includes(value)
      ? [`  --${option} is not one of its values · given "${value}" · allowed: ${choices.join(' | ')}`]
      : [];
  });
  if (wrong.length > 0) throw new Refusal(['nothing was written:', ...wrong].join('\n'));
}
