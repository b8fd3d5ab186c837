import { aligned } from '../../terminal/lines';
import type { Terminal } from '../../terminal/terminal';
import type { DataAccess } from './data-access';
import type { NextSteps, StepCommand } from './next-steps';

/** The steps as text for a person, with lines to copy. */
export function renderSteps(steps: NextSteps, { paint }: Pick<Terminal, 'paint'>): string {
  const title = (number: number, what: string) => paint('bold', `${number}. ${what}`);
  const commands = (list: readonly StepCommand[]) =>
    list.flatMap(({ command, note }) => [
      ...(note ? [`   ${paint('dim', `# ${note}`)}`] : []),
      `   ${paint('cyan', command)}`,
    ]);
  const examples = aligned(
    steps.edit.map(({ file, line, value }) => [`${file}:${line}`, value]),
    5,
  );
  return [
    title(1, 'Edit'),
    ...(steps.edit.length > 0
      ? ['   these values are examples:', examples]
      : ['   no example is left in its files']),
    `   your own rows go into the sample, your own Python into ${steps.sample}; its README.md says what is where`,
    title(2, 'Rehearse'),
    ...commands(steps.rehearse),
    title(3, 'Deploy what delivers'),
    ...commands(steps.deploy),
    ...(steps.data.length > 0 ? [title(4, 'Let the data be read'), ...steps.data.flatMap(access)] : []),
    title(steps.data.length > 0 ? 5 : 4, 'Merge'),
    ...commands(steps.merge),
  ].join('\n');
}

function access({ environment, data, role, bucketPolicy, keyPolicy }: DataAccess): string[] {
  return [
    `   ${environment} reads ${data} as ${role}.`,
    `   Its owner adds to the policy of the bucket, once ${environment}'s platform is deployed (S3 refuses a role that is not there):`,
    ...indented(bucketPolicy),
    '   and, where the bucket is encrypted with a KMS key of the owner, to the policy of that key:',
    ...indented(keyPolicy),
  ];
}

const indented = (statements: readonly object[]): string[] =>
  JSON.stringify(statements, null, 2)
    .split('\n')
    .map((line) => `     ${line}`);
