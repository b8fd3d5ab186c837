import { resolve } from 'node:path';
import { cdk } from '../deployment/cdk';
import type { RunSurroundings } from '../services';
import { type Accounts, placeId } from './open-accounts';
import type { DeliverySettings } from './settings';

/** Stacks by the account that a person deploys them in, with credentials of that account. */
function stacksByPlace({ environments, delivery, stack }: DeliverySettings): Map<string, string[]> {
  const stacks = new Map<string, string[]>();
  const add = (place: string, name: string) => stacks.set(place, [...(stacks.get(place) ?? []), name]);
  for (const place of environments) add(placeId(place), place.platformStack);
  add(placeId(delivery), stack);
  return stacks;
}

/**
 * Deploys what a person deploys once, before the first merge: the platform of each environment and the pipeline, each with
 * the credentials of its own account. No account trusts another one's people; the platforms make the roles that delivery
 * acts by.
 *
 * @param env variables by which the CDK CLI finds the doors of this rehearsal
 * @throws CdkFailure
 */
export async function deployFirst(
  settings: DeliverySettings,
  accounts: Accounts,
  assembly: string,
  env: Readonly<Record<string, string>>,
  run: RunSurroundings,
): Promise<void> {
  const manner = [
    '--exclusively',
    '--concurrency',
    '4',
    '--require-approval',
    'never',
    '--progress',
    'events',
  ];
  await Promise.all(
    [...stacksByPlace(settings)].map(async ([place, stacks]) => {
      const services = accounts.all.get(place);
      if (!services) throw new Error(`${place} was not opened`);
      const emulator = {
        ...services.emulator,
        clientEnvironment: { ...services.emulator.clientEnvironment, ...env },
      };
      await cdk(
        { ...run, directory: run.folder, nodeModules: resolve('node_modules'), emulator },
        `deploy-${emulator.account}`,
        ['deploy', ...stacks, '--app', assembly, '--method', 'direct', ...manner],
        () => undefined,
      );
      run.say(`${stacks.join(', ')} deployed`);
    }),
  );
}
