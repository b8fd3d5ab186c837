import { join, resolve } from 'node:path';
import { type AccountPlace, type AccountServices, prepareAccount } from '../account';
import type { BridgedType } from '../bridge/bridged-type';
import { bootstrap } from '../deployment/bootstrap';
import type { Emulator } from '../emulator/emulator';
import { startEmulator } from '../emulator/emulator';
import { inAccount } from '../emulator/in-account';
import { type PythonSettings, pythonsOf, type RunSurroundings } from '../services';
import type { Door } from './doors/door';

export const placeId = ({ account, region }: AccountPlace): string => `${account}/${region}`;

/** Several accounts in one emulator, each with its own SageMaker, courier, alarms and bridge. */
export interface Accounts {
  readonly emulator: Emulator;
  /** By `<account>/<region>`. */
  readonly all: ReadonlyMap<string, AccountServices>;
  readonly remarks: readonly string[];
}

/**
 * Starts the emulator and opens the accounts in it.
 *
 * @param places the account that delivers first; one that is named twice is opened once
 * @param typesOf types that the bridge of the delivering account serves beside its own
 * @throws Refusal in one line for what this machine lacks
 */
export async function openAccounts(
  settings: PythonSettings & { readonly pingTimeoutMs?: number },
  places: readonly [delivery: AccountPlace, ...others: AccountPlace[]],
  door: Door,
  run: RunSurroundings,
  typesOf: (emulator: Emulator) => ReadonlyMap<string, BridgedType>,
): Promise<Accounts> {
  const { folder, logs, belongings, say } = run;
  const [delivery] = places;
  const pythons = await pythonsOf(settings, run);
  say('starting the emulator');
  const emulator = await startEmulator({
    ...delivery,
    python: pythons.emulator,
    path: process.env.PATH ?? '',
    sagemaker: door.url,
    forFunctions: door.forFunctions,
    directory: folder,
    logs,
    nodeModules: resolve('node_modules'),
    belongings,
  });
  const all = new Map<string, AccountServices>();
  for (const place of new Map(places.map((each) => [placeId(each), each])).values()) {
    const id = `${place.account}-${place.region}`;
    const prepared = await prepareAccount({
      ...place,
      ...pythons,
      ...run,
      folder: join(folder, id),
      logs: join(logs, id),
      ...(settings.pingTimeoutMs && { pingTimeoutMs: settings.pingTimeoutMs }),
    });
    const own = inAccount(emulator, place);
    all.set(
      placeId(place),
      await prepared.open(own, placeId(place) === placeId(delivery) ? typesOf(own) : undefined),
    );
  }
  return { emulator, all, remarks: pythons.remarks };
}

/** Bootstraps every account, as its own people do: none trusts another. */
export async function bootstrapAll(accounts: Accounts, run: RunSurroundings): Promise<void> {
  const settings = { ...run, directory: run.folder, nodeModules: resolve('node_modules') };
  await Promise.all([...accounts.all.values()].map(({ emulator }) => bootstrap({ ...settings, emulator })));
}
