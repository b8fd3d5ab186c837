import { DescribeStackEventsCommand, type Stack } from '@aws-sdk/client-cloudformation';
import type { Check } from '../check';
import { awsCommand, cdkCommand, listed } from '../commands';
import { type ExpectedStack, expectedStacks } from '../expected';
import { error, type Observation, ok, skipped, warning } from '../finding';
import { DELIVERY, type Subject } from '../subject';

/** Whether the stacks of platform and projects are deployed, and in a state that can be worked with. */
export const stacks: Check = {
  name: 'stacks',
  permission: 'cloudformation:DescribeStacks',
  look: async (subject): Promise<Observation[]> => {
    const there = await subject.stacks();
    const expected = expectedStacks(subject);
    const ill = await Promise.all(
      expected.map(({ name }) => {
        const stack = there.get(name);
        return stack ? diagnosis(subject, stack) : undefined;
      }),
    );
    const troubled = ill.filter((seen) => seen !== undefined);
    const healthy = expected.filter(({ name }, index) => there.has(name) && !ill[index]);
    return [
      ...(healthy.length > 0
        ? [ok(`deployed and in a good state: ${listed(healthy.map(({ name }) => name))}`)]
        : []),
      ...troubled,
      ...absences(subject, expected, (name) => there.has(name)),
    ];
  },
};

/** Stacks that are not deployed: before the first merge that is as it should be, but half a project is not. */
function absences(
  subject: Subject,
  expected: readonly ExpectedStack[],
  isThere: (name: string) => boolean,
): Observation[] {
  const absent = expected.filter(({ name }) => !isThere(name));
  return absent.flatMap(({ name, project }): Observation[] => {
    if (subject.name === DELIVERY) {
      return [
        warning(
          `stack ${name} is not deployed, so merges of ${project} are not delivered`,
          cdkCommand(subject, `deploy ${name}`),
        ),
      ];
    }
    if (project === undefined) {
      return [
        error(
          `the platform of ${subject.name}, stack ${name}, is not deployed, and its projects need it`,
          cdkCommand(subject, `deploy ${name}`),
        ),
      ];
    }
    const ofProject = expected.filter((stack) => stack.project === project);
    const missing = ofProject.filter((stack) => !isThere(stack.name));
    if (missing[0]?.name !== name) return []; // said with the first of them
    const names = listed(missing.map((stack) => stack.name));
    if (missing.length === ofProject.length) {
      return [
        skipped(`${project} is not deployed in ${subject.name} yet`, 'a merge of the project deploys it'),
      ];
    }
    return [
      error(
        `${project} is half deployed: ${names} ${missing.length > 1 ? 'are' : 'is'} not there`,
        cdkCommand(subject, `deploy ${missing.map((stack) => stack.name).join(' ')}`),
      ),
    ];
  });
}

async function diagnosis(subject: Subject, stack: Stack): Promise<Observation | undefined> {
  const name = stack.StackName ?? '';
  const status: string = stack.StackStatus ?? '';
  if (GOOD.has(status)) return undefined;
  const deploy = cdkCommand(subject, `deploy ${name}`);
  const remove = awsCommand(subject, `cloudformation delete-stack --stack-name ${name}`);
  if (status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS') {
    return warning(
      `stack ${name} is being changed right now (${status})`,
      `wait: ${awsCommand(subject, `cloudformation describe-stacks --stack-name ${name} --query "Stacks[0].StackStatus"`)}`,
    );
  }
  const reason = await reasonOf(subject, name);
  const because = reason ? `: ${reason}` : '';
  switch (status) {
    case 'UPDATE_ROLLBACK_COMPLETE':
      return warning(
        `the last update of stack ${name} failed and was taken back, so what was merged is not deployed${because}`,
        `put right what it says, then ${deploy}`,
      );
    case 'UPDATE_ROLLBACK_FAILED':
      return error(
        `stack ${name} is stuck: an update failed, and so did taking it back${because}`,
        `put right what it says, then ${awsCommand(subject, `cloudformation continue-update-rollback --stack-name ${name}`)}`,
      );
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED':
    case 'CREATE_FAILED':
      return error(
        `the first deployment of stack ${name} failed (${status}), and it takes no update${because}`,
        `${remove}\nput right what it says, then ${deploy}`,
      );
    case 'REVIEW_IN_PROGRESS':
      return warning(`stack ${name} was only prepared, by a change set that nobody executed`, remove);
    case 'DELETE_FAILED':
      return error(`stack ${name} could not be deleted${because}`, `put right what it says, then ${remove}`);
    default:
      return error(`stack ${name} is in state ${status}${because}`, deploy);
  }
}

const GOOD = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE']);

/** What failed first in the last change of a stack, in CloudFormation's words. */
async function reasonOf({ aws }: Subject, StackName: string): Promise<string | undefined> {
  const { StackEvents: events = [] } = await aws.cloudformation.send(
    new DescribeStackEventsCommand({ StackName }),
  );
  // The newest event comes first. A change begins with an event of the stack itself.
  const start = events.findIndex(
    ({ ResourceType, ResourceStatus }) =>
      ResourceType === 'AWS::CloudFormation::Stack' &&
      /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(ResourceStatus ?? ''),
  );
  const failed = (start === -1 ? events : events.slice(0, start))
    .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
    .filter(({ ResourceType }) => ResourceType !== 'AWS::CloudFormation::Stack')
    .filter(({ ResourceStatusReason: text = '' }) => text && !/cancelled/i.test(text))
    .at(-1);
  return failed && `${failed.LogicalResourceId} (${failed.ResourceType}): ${failed.ResourceStatusReason}`;
}
