import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { Refusal } from '../terminal/refusal';

/** An account and region that people named: an environment of platform.yaml, or `delivery`. */
export interface Destination {
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

/** What the constructor of every AWS client takes. */
export type ClientConfig = Pick<
  STSClientConfig,
  'profile' | 'endpoint' | 'credentials' | 'requestHandler' | 'maxAttempts' | 'logger'
> & { readonly region: string };

/** Credentials of the right account. */
export interface Access {
  readonly account: string;
  readonly region: string;
  /** Who AWS says is calling: an IAM user, or a session of a role. */
  readonly callerArn: string;
  /** The name that AWS keeps with what this caller does: of the session, or of the user. */
  readonly sessionName: string;
  /** To be spread into the constructor of a client. AWS_ENDPOINT_URL* is honoured by the clients themselves. */
  readonly config: ClientConfig;
}

/** Why there is no access. */
export type WhyNot = 'no credentials' | 'expired' | 'another account' | 'unreachable';

/** Credentials that are missing, or of another account; the message says what to do. */
export class NoAccess extends Refusal {
  constructor(
    readonly why: WhyNot,
    message: string,
  ) {
    super(message);
  }
}

/** The shared-config profile that is tried for a destination: `mlops-<name>`. */
export const profileOf = (name: string): string => `mlops-${name}`;

/**
 * Credentials for a destination: the current ones (environment, AWS_PROFILE, CodeBuild's or EC2's role) where
 * they are of its account, otherwise those of the profile `mlops-<name>`. No role is assumed.
 *
 * @param base what every client is made with besides, such as an endpoint. @default - nothing
 * @throws NoAccess, a Refusal, when neither is of that account
 */
export async function accessTo(
  destination: Destination,
  base: Omit<Partial<ClientConfig>, 'region'> = {},
): Promise<Access> {
  const { name, account, region } = destination;
  const config = { ...base, region };
  const current = await identify(config);
  if ('account' in current && current.account === account) return accessOf(destination, current.arn, config);
  if ('why' in current && current.why === 'unreachable') throw refusal(destination, current);

  // Without a logger of its own, the SDK warns on stderr that there are keys in the environment as well.
  const profiled = { ...config, credentials: undefined, profile: profileOf(name), logger: SILENT };
  const other = await identify(profiled);
  if ('account' in other && other.account === account) return accessOf(destination, other.arn, profiled);
  // A profile that is there and does not work is what its owner wants to hear of.
  const profileIsThere = 'why' in other ? other.why !== 'no credentials' : isNews(other, current);
  throw refusal(destination, current, profileIsThere ? other : undefined);
}

const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

interface Identity {
  readonly account: string;
  readonly arn: string;
}

interface Unknown {
  readonly why: Exclude<WhyNot, 'another account'>;
  readonly detail: string;
}

/** On a machine with a role of its own, a profile that is not there ends at that role again. */
const isNews = (found: Identity, current: Identity | Unknown): boolean =>
  !('arn' in current && current.arn === found.arn);

async function identify(config: ClientConfig): Promise<Identity | Unknown> {
  const client = new STSClient({ maxAttempts: 2, ...config });
  try {
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
    return { account: Account ?? '', arn: Arn ?? '' };
  } catch (error) {
    return unknown(error);
  } finally {
    client.destroy();
  }
}

/** STS answers everybody whose signature is right, so a refusal means the key, the clock or the token. */
function unknown(error: unknown): Unknown {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = (error as { code?: string }).code ?? '';
  const detail = (message || code || name).split('\n')[0] ?? name;
  if (/expired/i.test(`${name} ${detail}`)) return { why: 'expired', detail };
  const answered = name === 'CredentialsProviderError' || '$fault' in Object(error);
  return { why: answered ? 'no credentials' : 'unreachable', detail };
}

function accessOf({ account, region }: Destination, arn: string, config: ClientConfig): Access {
  return { account, region, callerArn: arn, sessionName: sessionNameOf(arn), config };
}

/** `…:assumed-role/<role>/<session>` → session; `…:user/<path>/<name>` → name; `…:root` → root. */
export const sessionNameOf = (arn: string): string => arn.split(/[:/]/).at(-1) ?? arn;

function refusal({ name, account }: Destination, current: Identity | Unknown, other?: Identity | Unknown) {
  const why = 'why' in current ? current.why : 'another account';
  if (why === 'unreachable' && 'detail' in current) {
    return new NoAccess(why, `AWS cannot be reached from here: ${current.detail}`);
  }
  const profile = profileOf(name);
  const tried = other ? `, and profile ${profile} ${described(other)}` : '';
  return new NoAccess(
    why,
    `no access to ${name}, account ${account}: the current credentials ${described(current)}${tried}. ` +
      `Sign in to account ${account} (aws sso login, or AWS_PROFILE=…), ` +
      `or give ~/.aws/config a profile [profile ${profile}] for it`,
  );
}

function described(found: Identity | Unknown): string {
  if ('arn' in found) return `are of account ${found.account} (${found.arn})`;
  if (found.why === 'expired') return `have expired (${found.detail})`;
  return found.why === 'unreachable'
    ? `could not be checked (${found.detail})`
    : `are not there (${found.detail})`;
}
