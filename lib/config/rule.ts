import { z } from 'zod';

/** What a rule says when it is broken, in the order a person reads it. */
export interface Rule {
  /** What is wrong, without the value: "is not an AWS account id". */
  readonly wrong: string;
  /** What would be right: "12 digits in quotes". */
  readonly allowed: string;
  /** What to do about it, where that is more than writing an allowed value. */
  readonly remedy?: string;
}

/**
 * Writes a rule as the one string that a schema can carry; `problems.ts` takes it apart again to put the given
 * value between what is wrong and what is allowed.
 */
export function rule({ wrong, allowed, remedy }: Rule): string {
  return [wrong, `allowed: ${allowed}`, ...(remedy ? [remedy] : [])].join(SEPARATOR);
}

/** Stands between the parts of a message. */
export const SEPARATOR = ' · ';

/** A string of a form, as `regex` says and `message` explains. */
export function text(regex: RegExp, message: Rule) {
  return z.string().regex(regex, { error: rule(message) });
}

/** An e-mail address, as far as a typo can be told. */
export const email = () =>
  text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, { wrong: 'is not an e-mail address', allowed: 'name@example.com' });

/** An AWS account id. */
export const account = () =>
  z
    .string({
      error: (issue) =>
        typeof issue.input === 'number'
          ? rule({
              wrong: 'is a number, which loses leading zeros',
              allowed: '12 digits in quotes',
              remedy: 'put quotes around it',
            })
          : undefined,
    })
    .regex(/^\d{12}$/, {
      error: rule({ wrong: 'is not an AWS account id', allowed: '12 digits in quotes' }),
    });

/** The name of an AWS region. */
export const region = () =>
  text(/^[a-z]{2}(-[a-z]+)+-\d$/, { wrong: 'is not an AWS region', allowed: 'a region such as eu-west-1' });

/** A SageMaker instance type. */
export const instance = () =>
  text(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, {
    wrong: 'is not a SageMaker instance type',
    allowed: 'a type such as ml.m5.large',
  });

/** A column of the project's data. */
export const column = () =>
  text(/^[a-z][a-z0-9_]{0,39}$/, {
    wrong: 'is not a column name',
    allowed: 'up to 40 lower-case letters, digits and _, a letter first',
  });

/** Refuses a list that says one thing twice. */
export function distinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
