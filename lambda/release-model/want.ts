import { DescribeModelPackageCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { isAuthor, nameIn as personIn } from './author';
import type { ReleaseRequest } from './contract';
import type { Records } from './record';
import { nameOf } from './requests';
import type { Settings } from './settings';

/**
 * What the first turn made of the request.
 *
 * - `recorded`: go on; `note` says what is wanted, or why nothing new is
 * - `ignored`: nothing is wanted and nobody needs to know
 * - `refused`: the owner is told why
 */
export interface Wanted {
  readonly outcome: 'recorded' | 'ignored' | 'refused';
  readonly note: string;
}

interface Dependencies {
  readonly sagemaker: SageMakerClient;
  readonly records: Records;
  readonly settings: Settings;
}

/**
 * Writes into the record what a request wants. Whoever holds the lease sees it there; the request itself is not
 * passed on, so it does not matter how often and in which order requests arrive.
 *
 * @param holder ARN of the state machine's execution; its account and region are the registry's
 */
export async function want(deps: Dependencies, request: ReleaseRequest, holder: string): Promise<Wanted> {
  switch (request.reason) {
    case 'approval':
      return wantApproved(deps, request);
    case 'rollback':
      return wantVersion(deps, request.version, holder);
    case 'configuration':
      return wantSettings(deps);
    case 'resume':
      return { outcome: 'recorded', note: 'went on with what was wanted' };
    default:
      return refused(
        `unknown reason '${request.reason}': use approval (with packageArn), rollback (with version), configuration or resume`,
      );
  }
}

async function wantApproved({ sagemaker, records, settings }: Dependencies, request: ReleaseRequest) {
  if (!request.packageArn)
    return refused('an approval names no packageArn: give the ARN of the model package');
  const found = await describe(sagemaker, request.packageArn);
  const { version, packageArn, approval, group, champion } = found;
  if (group !== settings.packageGroup) {
    return refused(
      `${packageArn} is of the group ${group}: this endpoint takes ${settings.packageGroup} only`,
    );
  }
  // The event is a hint and may be old: what counts is what a person decided last.
  if (approval !== 'Approved') return ignored(`version ${version} is ${approval} by now`);
  if (settings.fourEyes && isAuthor(found.approver, found.author)) {
    return refused(
      `version ${version} was approved by ${personIn(found.approver)}, who is also the author (${found.author}) of the change ` +
        `it was trained from: somebody else must reject version ${version} and approve it again, or approval.model of this environment be auto`,
    );
  }

  const target = { version, packageArn, config: nameOf(settings, version) };
  if (await records.wantApproved(target, request.insist ? undefined : champion)) {
    return recorded(`version ${version} is wanted`);
  }
  const { seen = 0, desired } = await records.read();
  if (version <= seen) {
    const again = `to go to it now, start with {"reason":"rollback","version":${version}}`;
    return recorded(`version ${version} is not newer than ${seen}, taken on before (${again})`);
  }
  return refused(
    `version ${version} was compared with ${nameIn(champion)}, but ${nameIn(desired?.packageArn)} is wanted in service by now: ` +
      `train again to compare with that, or insist with {"reason":"approval","packageArn":"${packageArn}","insist":true}`,
  );
}

async function wantVersion(
  { sagemaker, records, settings }: Dependencies,
  version: number | undefined,
  holder: string,
) {
  if (!version) return refused('a rollback names no version: give the number of a version released before');
  const [, partition, , region, account] = holder.split(':');
  const arn = `arn:${partition}:sagemaker:${region}:${account}:model-package/${settings.packageGroup}/${version}`;
  const { packageArn, approval } = await describe(sagemaker, arn);
  if (approval !== 'Approved') {
    return refused(`version ${version} is ${approval}: approve it before going back to it`);
  }
  const target = { version, packageArn, config: nameOf(settings, version) };
  if (await records.wantSeen(target)) return recorded(`version ${version} is wanted again`);
  const { seen = 0 } = await records.read();
  return refused(`version ${version} is newer than ${seen}, the newest taken on: approve it instead`);
}

async function wantSettings({ records, settings }: Dependencies): Promise<Wanted> {
  // Someone may want another version between the reading and the writing; then the reading is done again.
  for (let tries = 0; tries < 5; tries++) {
    const { desired } = await records.read();
    if (!desired) return ignored('no version was released yet; the first will have the new settings');
    const config = nameOf(settings, desired.version);
    if (config === desired.config) return recorded('the settings are as before');
    if (await records.wantConfig(desired, config)) return recorded('new settings are wanted');
  }
  throw new Error('the release record changed five times while it was read: start again');
}

async function describe(sagemaker: SageMakerClient, arn: string) {
  const reply = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
  return {
    version: reply.ModelPackageVersion ?? 0,
    packageArn: reply.ModelPackageArn ?? arn,
    approval: reply.ModelApprovalStatus ?? 'not approved',
    group: reply.ModelPackageGroupName,
    champion: reply.CustomerMetadataProperties?.champion ?? 'none',
    author: reply.CustomerMetadataProperties?.author,
    /** Who changed the package last; right after an approval event, who approved it. */
    approver: reply.LastModifiedBy?.IamIdentity?.Arn,
  };
}

/** `version 3` for a package's ARN: what a person reads in a message. */
function nameIn(packageArn: string | undefined): string {
  return packageArn?.startsWith('arn:') ? `version ${packageArn.split('/').at(-1)}` : 'no version';
}

const recorded = (note: string): Wanted => ({ outcome: 'recorded', note });
const ignored = (note: string): Wanted => ({ outcome: 'ignored', note });
const refused = (note: string): Wanted => ({ outcome: 'refused', note });
