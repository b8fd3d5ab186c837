import type { Subject } from './subject';

type Where = Pick<Subject, 'region' | 'profile'>;

/** A command of the AWS CLI, complete with region and profile, to copy and run. */
export function awsCommand({ region, profile }: Where, words: string): string {
  return `aws ${words} --region ${region}${profile ? ` --profile ${profile}` : ''}`;
}

/** A command of the CDK CLI, to copy and run in the repository. */
export function cdkCommand({ profile }: Pick<Where, 'profile'>, words: string): string {
  return `npx cdk ${words}${profile ? ` --profile ${profile}` : ''}`;
}

/** Names in a sentence: `a`, `a and b`, `a, b and c`; of more than `most`, the first and how many more. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : [...names];
  const last = shown.pop() ?? '';
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last;
}
