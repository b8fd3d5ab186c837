import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  type ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import type { Check } from '../check';
import { awsCommand, listed } from '../commands';
import { error, type Observation, ok, warning } from '../finding';
import { type InstanceNeed, instanceNeeds } from '../instance-needs';
import { everyPage } from '../pages';
import type { Readers } from '../readers';
import type { Subject } from '../subject';

const SERVICE = 'sagemaker';

/** Quotas of every instance type and use that the projects declare. */
export const quotas: Check = {
  name: 'quotas',
  permission: 'servicequotas:ListServiceQuotas',
  look: async (subject): Promise<Observation[]> => {
    if (!isFirstOfItsPlace(subject)) return [];
    const needs = instanceNeeds(subject.config, subject);
    if (needs.length === 0) return [];
    const found = await quotasNamed(subject.aws, new Set(needs.map(({ quota }) => quota)));
    return needs.map((need) => judged(subject, need, found.get(need.quota)));
  },
};

/** Environments in one account and region share its quotas; they are reported once. */
function isFirstOfItsPlace({ name, account, region, config }: Subject): boolean {
  const here = Object.entries(config.platform.environments).filter(
    ([, place]) => place.account === account && place.region === region,
  );
  return here[0]?.[0] === name;
}

function judged(subject: Subject, need: InstanceNeed, quota: ServiceQuota | undefined): Observation {
  const { least, most, by } = need;
  if (!quota) {
    return error(
      `there is no quota "${need.quota}" in ${subject.region}, which ${listed(by)} would need`,
      'choose an instance type that the region has, in project.yaml',
    );
  }
  const value = quota.Value ?? 0;
  const ask = awsCommand(
    subject,
    `service-quotas request-service-quota-increase --service-code ${SERVICE} --quota-code ${quota.QuotaCode} --desired-value ${most}`,
  );
  if (value < least) {
    return error(
      `quota ${need.quota} is ${value}, and ${listed(by)} need ${least === most ? least : `${least} to ${most}`}`,
      ask,
    );
  }
  if (value >= most) return ok(`quota ${need.quota} is ${value}, of which ${most} may be needed`);
  const trouble = need.quota.endsWith('endpoint usage')
    ? 'a release, which makes the new instances before the old ones go, or scaling out may fail'
    : 'jobs at the same time may fail';
  return warning(`quota ${need.quota} is ${value}; with up to ${most} for ${listed(by)}, ${trouble}`, ask);
}

/** The applied quotas; those that were never changed may be among the defaults only. */
async function quotasNamed({ quotas: client }: Readers, names: ReadonlySet<string>) {
  const pick = (all: readonly ServiceQuota[]) =>
    all
      .filter(({ QuotaName }) => names.has(QuotaName ?? ''))
      .map((quota) => [quota.QuotaName ?? '', quota] as const);
  const applied = await everyPage(async (NextToken) => {
    const page = await client.send(
      new ListServiceQuotasCommand({ ServiceCode: SERVICE, MaxResults: 100, NextToken }),
    );
    return { items: page.Quotas, next: page.NextToken };
  });
  const found = new Map(pick(applied));
  if (found.size === names.size) return found;
  const defaults = await everyPage(async (NextToken) => {
    const page = await client.send(
      new ListAWSDefaultServiceQuotasCommand({ ServiceCode: SERVICE, MaxResults: 100, NextToken }),
    );
    return { items: page.Quotas, next: page.NextToken };
  });
  return new Map([...pick(defaults), ...found]);
}
