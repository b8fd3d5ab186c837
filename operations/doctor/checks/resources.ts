import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { Check } from '../check';
import { awsCommand, cdkCommand, listed } from '../commands';
import { isMissing, missingPermission } from '../denial';
import { expectedStacks } from '../expected';
import { error, type Observation, ok, skipped, warning } from '../finding';
import { LOOKS, type Seen } from '../looks';
import { aFewAtATime } from '../pages';
import type { Subject } from '../subject';

/**
 * Whether what CloudFormation made is still there. It does not notice by itself that somebody deleted something, and a
 * deployment without a change brings nothing back.
 */
export const resources: Check = {
  name: 'resources',
  permission: 'cloudformation:ListStackResources',
  look: async (subject): Promise<Observation[]> => {
    const deployed = await subject.stacks();
    const stacks = expectedStacks(subject).filter(({ name }) => deployed.has(name));
    const denied = new Set<string>();
    let looked = 0;
    const found = await aFewAtATime(
      stacks,
      async ({ name }) => {
        const known = (await subject.resources(name)).filter(isLookedAt);
        const seen = await aFewAtATime(known, (resource) => seenAs(subject, resource, denied));
        looked += seen.filter((each) => each !== 'denied').length;
        return known.flatMap((resource, index) => said(subject, name, resource, seen[index]));
      },
      1,
    );
    const missing = found.flat();
    return [
      ...missing,
      ...(missing.length === 0 && looked > 0
        ? [ok(`all ${looked} resources looked at in ${stacks.length} stacks are there`)]
        : []),
      ...(denied.size > 0
        ? [
            skipped(
              `some resources were not looked at, because you may not ${listed([...denied])}`,
              `allow ${[...denied].join(', ')} to whoever runs doctor`,
            ),
          ]
        : []),
    ];
  },
};

function isLookedAt({ ResourceType = '', ResourceStatus, PhysicalResourceId }: StackResourceSummary) {
  return ResourceType in LOOKS && !ResourceStatus?.startsWith('DELETE') && Boolean(PhysicalResourceId);
}

async function seenAs(
  { aws }: Subject,
  { ResourceType = '', PhysicalResourceId = '' }: StackResourceSummary,
  denied: Set<string>,
): Promise<Seen | 'denied'> {
  try {
    return (await LOOKS[ResourceType]?.at(aws, PhysicalResourceId)) ?? 'there';
  } catch (thrown) {
    if (isMissing(thrown)) return 'gone';
    const permission = missingPermission(thrown, `reading of ${ResourceType}`);
    if (!permission) throw thrown;
    denied.add(permission);
    return 'denied';
  }
}

function said(
  subject: Subject,
  stack: string,
  { ResourceType = '', PhysicalResourceId: id = '' }: StackResourceSummary,
  seen: Seen | 'denied' | undefined,
): Observation[] {
  const { noun = ResourceType, loss } = LOOKS[ResourceType] ?? {};
  // Some are known by their ARN or URL; a rule by its bus and name.
  const name = /^(arn|https):/.test(id) ? id.split(/[:/]/).at(-1) : id.split('|').at(-1);
  switch (seen) {
    case 'gone':
      return [
        error(
          `${noun} ${name} of stack ${stack} was deleted`,
          cdkCommand(subject, `deploy ${stack} --revert-drift`) + (loss ? `\n${loss}` : ''),
        ),
      ];
    case 'being deleted':
      return [
        error(
          `${noun} ${name} of stack ${stack} is going to be deleted; ${loss} then`,
          `${awsCommand(subject, `kms cancel-key-deletion --key-id ${id}`)}\n${awsCommand(subject, `kms enable-key --key-id ${id}`)}`,
        ),
      ];
    case 'disabled':
      return [
        ResourceType === 'AWS::KMS::Key'
          ? error(
              `${noun} ${name} of stack ${stack} is disabled, so nothing it encrypted can be read`,
              awsCommand(subject, `kms enable-key --key-id ${id}`),
            )
          : warning(
              `${noun} ${name} of stack ${stack} is switched off`,
              awsCommand(subject, `events enable-rule --name ${name}`),
            ),
      ];
    default:
      return [];
  }
}
