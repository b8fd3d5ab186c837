import { withGiven } from '../../../lib/config/problems';
import { column } from '../../../lib/config/rule';
import { Refusal } from '../../terminal/refusal';

/** What a person asked for; what is left out stays as the template has it. */
export interface WantedColumns {
  readonly fields?: readonly string[] | undefined;
  readonly targets?: readonly string[] | undefined;
}

/** A column of the new project, and the columns of the template's sample that fill it. */
export interface FilledColumn {
  readonly name: string;
  readonly parts: readonly string[];
}

export interface Columns {
  readonly fields: readonly FilledColumn[];
  readonly targets: readonly FilledColumn[];
}

/**
 * Fills the columns of a new project from those of the template's sample.
 *
 * A name that the sample has keeps its column, others take the columns that are left, in the sample's order. Fields that
 * then still are left join the last one, so that the model reads all of the sample and reaches the bounds of the gate;
 * targets that are left go.
 *
 * @throws Refusal that names everything that cannot be
 */
export function fillColumns(
  sample: { readonly fields: readonly string[]; readonly targets: readonly string[] },
  wanted: WantedColumns,
): Columns {
  const fields = wanted.fields ?? sample.fields;
  const targets = wanted.targets ?? sample.targets;
  const problems = [
    ...wrongNames('--fields', fields, sample.fields),
    ...wrongNames('--targets', targets, sample.targets),
    ...fields
      .filter((name) => targets.includes(name))
      .map((name) => `${name} is both a field and a target · allowed: one of the two`),
  ];
  if (problems.length > 0) throw new Refusal(problems.join('\n'));
  const matched = match(fields, sample.fields);
  const left = sample.fields.filter((part) => !matched.some(({ parts }) => parts.includes(part)));
  return {
    fields: matched.map((each, index) =>
      index < matched.length - 1 || left.length === 0
        ? each
        : { ...each, parts: sample.fields.filter((part) => [...each.parts, ...left].includes(part)) },
    ),
    targets: match(targets, sample.targets),
  };
}

function match(names: readonly string[], sample: readonly string[]): FilledColumn[] {
  const unused = sample.filter((part) => !names.includes(part));
  return names.map((name) => {
    const part = sample.includes(name) ? name : unused.shift();
    return { name, parts: part === undefined ? [] : [part] };
  });
}

function wrongNames(option: string, names: readonly string[], sample: readonly string[]): string[] {
  const rule = column();
  const problems = names.flatMap((name) => {
    const issue = rule.safeParse(name).error?.issues[0];
    return issue ? [`${option} ${withGiven(issue.message, name)}`] : [];
  });
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (names.length === 0) problems.push(`${option} names no column · allowed: one or more, such as a,b`);
  if (repeated.length > 0) problems.push(`${option} names ${repeated[0]} twice · allowed: each column once`);
  if (names.length > sample.length) {
    problems.push(
      `${option} names ${names.length} columns, and the sample has ${sample.length} to fill them with · allowed: up to ` +
        `${sample.length} · make the project with these, then put rows of your own with all columns into its ` +
        'sample/ and name the columns in its project.yaml',
    );
  }
  return problems;
}
