import type { Check } from './check';
import { bootstrap, bootstrapTrust } from './checks/bootstrap';
import { budget } from './checks/budget';
import { connection } from './checks/connection';
import { costTags } from './checks/cost-tags';
import { dataBuckets } from './checks/data-buckets';
import { deliveryRole } from './checks/delivery-role';
import { leftovers } from './checks/leftovers';
import { network } from './checks/network';
import { obstacles } from './checks/obstacles';
import { placeholders } from './checks/placeholders';
import { platform } from './checks/platform';
import { quotas } from './checks/quotas';
import { repository } from './checks/repository';
import { resources } from './checks/resources';
import { stacks } from './checks/stacks';
import { subscriptions } from './checks/subscriptions';
import { tools } from './checks/tools';
import { weights } from './checks/weights';
import type { Machine } from './machine';

/** Checks that need no credentials. */
export const MACHINE_CHECKS: readonly Check<Machine>[] = [placeholders, repository, tools];

/** Checks of the account that builds and delivers, in the order in which its findings are told. */
export const DELIVERY_CHECKS: readonly Check[] = [
  bootstrap,
  bootstrapTrust,
  connection,
  stacks,
  resources,
  subscriptions,
  obstacles,
  leftovers,
];

/** Checks of an environment, in the order in which its findings are told. */
export const ENVIRONMENT_CHECKS: readonly Check[] = [
  bootstrap,
  bootstrapTrust,
  stacks,
  platform,
  network,
  deliveryRole,
  resources,
  dataBuckets,
  weights,
  quotas,
  subscriptions,
  budget,
  costTags,
  obstacles,
  leftovers,
];
