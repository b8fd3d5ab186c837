import { GetAccessKeyInfoCommand, STSClient } from '@aws-sdk/client-sts';
import type { Emulator } from '../../emulator/emulator';

/** Whose key a request is signed with. */
export interface Caller {
  readonly account: string;
  /** ARN of the role whose session it is. @default - not known: a function's, which names itself, or the root user's */
  readonly role?: string;
}

/**
 * Knows access keys: those of sessions that were seen when they were given, and the account of any other by asking the
 * emulator, as `GetAccessKeyInfo` tells in AWS.
 */
export class Callers {
  private readonly known = new Map<string, Promise<Caller>>();
  private readonly seen = new Set<string>();
  private readonly sts: STSClient;

  constructor(emulator: Pick<Emulator, 'client' | 'account'>) {
    this.sts = new STSClient(emulator.client);
    this.known.set(emulator.client.credentials.accessKeyId, Promise.resolve({ account: emulator.account }));
  }

  of(key: string): Promise<Caller> {
    // In the emulator such a key is the root user's of that account.
    if (/^\d{12}$/.test(key)) return Promise.resolve({ account: key });
    const known =
      this.known.get(key) ??
      this.sts
        .send(new GetAccessKeyInfoCommand({ AccessKeyId: key }))
        .then(({ Account = '' }) => ({ account: Account }));
    this.known.set(key, known);
    return known;
  }

  /** Roles whose sessions were given, each once. */
  roles(): string[] {
    return [...this.seen];
  }

  /** Reads the key and the role from the answer to an AssumeRole. */
  saw(answer: string): void {
    const key = /<AccessKeyId>(\w+)</.exec(answer)?.[1];
    const [, account, name] = /<Arn>arn:aws:sts::(\d+):assumed-role\/([^/<]+)/.exec(answer) ?? [];
    if (!key || !account) return;
    const role = `arn:aws:iam::${account}:role/${name}`;
    this.seen.add(role);
    this.known.set(key, Promise.resolve({ account, role }));
  }
}
