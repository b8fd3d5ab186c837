import { z } from 'zod';
import { nearest } from './nearest';
import regions from './regions.json';

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

/**
 * The name of an AWS region that the library knows, so that a typing error is found here and not in a template.
 *
 * Other partitions than `aws`, such as China's, are refused by name: ARNs of people's own files would have to name them.
 */
export const region = () =>
  z.string().superRefine((given, context) => {
    if (regions.aws.includes(given)) return;
    const suggestion = nearest(given, regions.aws);
    const message = regions.others.includes(given)
      ? rule({
          wrong: 'lies in a partition that is not built yet',
          allowed: 'regions of the partition aws, such as eu-west-1',
        })
      : rule({
          wrong: 'is not an AWS region',
          allowed: 'a region such as eu-west-1',
          ...(suggestion && { remedy: `did you mean ${suggestion}?` }),
        });
    context.addIssue({ code: 'custom', message });
  });

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
