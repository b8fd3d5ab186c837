import { join } from 'node:path';
import { type Access, accessOf } from './access/access';
import { type Bridge, startBridge } from './bridge/bridge';
import type { BridgedType } from './bridge/bridged-type';
import { storesOf } from './clients';
import { type Alarms, alarmsOf } from './courier/alarms/alarms';
import { alarmLook } from './courier/alarms/look';
import { type Courier, courierOf } from './courier/courier';
import type { Emulator } from './emulator/emulator';
import type { Belongings } from './processes/belongings';
import { type LocalSageMaker, startLocalSageMaker } from './sagemaker/server';

/** Where stacks are deployed: an AWS account and a region of it. */
export interface AccountPlace {
  readonly account: string;
  readonly region: string;
}

/** What plays one account and region, beside the emulator that all of them share. */
export interface AccountServices {
  /** The emulator as this account's root user sees it. */
  readonly emulator: Emulator;
  readonly sagemaker: LocalSageMaker;
  readonly access: Access;
  readonly courier: Courier;
  readonly alarms: Alarms;
  readonly bridge: Bridge;
}

interface AccountSettings extends AccountPlace {
  /** Folder for jobs and model servers. */
  readonly folder: string;
  readonly logs: string;
  /** Path of botocore's description of SageMaker's API. */
  readonly serviceModel: string;
  /** The interpreter that stands in for each image, by URI. */
  readonly images: ReadonlyMap<string, { readonly python: string }>;
  /** Milliseconds a model server has until it answers. @default - that of the local SageMaker */
  readonly pingTimeoutMs?: number;
  readonly belongings: Belongings;
  readonly log: (line: string) => void;
}

/** An account whose SageMaker runs, while the emulator may not be up yet. */
interface PreparedAccount {
  readonly sagemaker: LocalSageMaker;
  /**
   * Opens the rest.
   *
   * @param types CloudFormation types that the bridge is to serve beside its own. @default - none
   */
  open(emulator: Emulator, types?: ReadonlyMap<string, BridgedType>): Promise<AccountServices>;
}

/** What the local SageMaker asks of the rest. */
interface Ready {
  readonly stores: ReturnType<typeof storesOf>;
  readonly access: Access;
  readonly courier: Courier;
  readonly look: ReturnType<typeof alarmLook>;
}

/**
 * Starts the SageMaker of one account and region. It is asked for nothing before the emulator is up, but the emulator must
 * know its address when it starts: hence two steps.
 */
export async function prepareAccount(settings: AccountSettings): Promise<PreparedAccount> {
  const { account, region, folder, logs, log, belongings, pingTimeoutMs } = settings;
  let ready: Ready | undefined;
  const sagemaker = await startLocalSageMaker({
    account,
    region,
    directory: join(folder, 'sagemaker'),
    logs: join(logs, 'sagemaker'),
    serviceModel: settings.serviceModel,
    images: settings.images,
    store: async (role) => {
      if (!ready) throw new Error('S3 was asked for before the emulator was up');
      return ready.stores(role);
    },
    emit: (event) => void ready?.courier.send(event),
    authorize: async (question) => ready?.access.authorize(question),
    identify: async (caller) => ready?.access.identify(caller),
    alarms: async (names) => ready?.look(names) ?? { ringing: [], missing: [] },
    log,
    ...(pingTimeoutMs && { pingTimeoutMs }),
  });
  belongings.add('the local SageMaker', () => sagemaker.stop());
  return {
    sagemaker,
    async open(emulator, types) {
      const access = accessOf(emulator);
      const courier = courierOf({ emulator, access, log });
      ready = { stores: storesOf(emulator, access), access, courier, look: alarmLook(emulator) };
      const bridge = await startBridge({ emulator, sagemaker: sagemaker.url, belongings, log, types });
      return { emulator, sagemaker, access, courier, alarms: alarmsOf({ emulator, courier }), bridge };
    },
  };
}
