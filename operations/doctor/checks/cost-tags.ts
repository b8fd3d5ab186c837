import { ListCostAllocationTagsCommand } from '@aws-sdk/client-cost-explorer';
import type { Check } from '../check';
import { listed } from '../commands';
import { type Observation, ok, skipped, warning } from '../finding';
import { everyPage } from '../pages';

/** Tags of every resource by which costs are told apart; those of the guard rails come on top. */
const OURS = ['mlops:environment', 'mlops:project'];

/**
 * Whether costs and budgets can be told apart by our tags. Only the management account of an organisation can say so.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
 */
export const costTags: Check = {
  name: 'cost tags',
  permission: 'ce:ListCostAllocationTags',
  look: async ({ aws, account, config, profile }): Promise<Observation[]> => {
    const TagKeys = [...OURS, ...Object.keys(config.platform.guardrails.tags)];
    const activate = (keys: readonly string[], by: string) =>
      `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status ${keys
        .map((key) => `'TagKey=${key},Status=Active'`)
        .join(' ')}${by}`;
    let active: Set<string | undefined>;
    try {
      const tags = await everyPage(async (NextToken) => {
        const page = await aws.costs.send(new ListCostAllocationTagsCommand({ TagKeys, NextToken }));
        return { items: page.CostAllocationTags, next: page.NextToken };
      });
      active = new Set(tags.filter(({ Status }) => Status === 'Active').map(({ TagKey }) => TagKey));
    } catch (thrown) {
      if (!(thrown instanceof Error) || !/linked account|management account|payer/i.test(thrown.message))
        throw thrown;
      return [
        skipped(
          `cost tags: account ${account} belongs to an organisation, and only its management account can see them`,
          `in the management account: ${activate(TagKeys, '')}`,
        ),
      ];
    }
    const inactive = TagKeys.filter((key) => !active.has(key));
    if (inactive.length === 0) return [ok(`costs are told apart by ${listed(TagKeys)}`)];
    return [
      warning(
        `costs are not told apart by ${listed(inactive)}: inactive as cost allocation tags, so budgets by tag see nothing`,
        `${activate(inactive, profile ? ` --profile ${profile}` : '')}\na tag can be activated a day after a resource first carried it`,
      ),
    ];
  },
};
