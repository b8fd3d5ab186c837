import { setTimeout as wait } from 'node:timers/promises';
import { Sha256 } from '@aws-crypto/sha256-js';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SignatureV4 } from '@smithy/signature-v4';
import { z } from 'zod';
import { MAX_CORRECTIONS } from '../../lambda/record-feedback/contract';
import type { Names } from '../../lib/config/names';
import type { ClientConfig } from '../../operations/aws/credentials';
import { Refusal } from '../../operations/terminal/refusal';

/** The right values of one answered row. */
export interface Label {
  readonly id: string;
  /** By target, not empty. */
  readonly values: Readonly<Record<string, string>>;
}

/** What became of labels that were sent. */
export interface Sent {
  /** Inference ids. */
  readonly stored: readonly string[];
  readonly refused: ReadonlyArray<{ readonly id: string; readonly reason: string }>;
}

/** The deployed API, asked as the person at this machine: its checks are the product's own. */
export interface LabelApi {
  /** By target, the classes of the model in service; nothing where that was not written down. */
  classes(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Sends labels as corrections; one that is refused does not keep back the others. */
  send(labels: readonly Label[]): Promise<Sent>;
}

/** Whose key signs, and where. */
export interface Signer {
  readonly region: string;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
}

/**
 * Address of `POST /v1/predictions`, as the serving stack put it out.
 *
 * @throws Refusal when the project is not deployed there
 */
export async function apiUrl(config: ClientConfig, names: Names): Promise<string> {
  const client = new CloudFormationClient(config);
  const stack = names.stacks.serving;
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const url = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'ApiUrl')?.OutputValue;
    if (url) return url;
    throw new Refusal(`stack ${stack} has no output ApiUrl: deploy ${names.project} again`);
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError') {
      throw new Refusal(
        `${names.project} is not deployed in ${names.environment}: there is no stack ${stack}`,
      );
    }
    throw error;
  } finally {
    client.destroy();
  }
}

/** Told to come back later, or the function was not well. */
const PASSING = new Set([429, 500, 502, 503, 504]);
const TIMEOUT_MS = 30_000;

/** Each wait is longer than the one before, as those of the AWS SDKs are. */
const WAITS_MS: readonly number[] = [200, 400, 800, 1600];

const TARGETS = z.object({
  targets: z.record(z.string(), z.object({ classes: z.array(z.object({ name: z.string() })) })),
});
const STORED = z.object({
  accepted: z.array(z.object({ index: z.number() })),
  rejected: z.array(z.object({ index: z.number(), reason: z.string() })),
});
const ERROR = z.object({ error: z.object({ message: z.string() }) });

/**
 * @param url of `POST /v1/predictions`
 * @param waits milliseconds between tries of a request that may pass later
 */
export function labelApi(url: string, signer: Signer, waits: readonly number[] = WAITS_MS): LabelApi {
  return {
    async classes() {
      const { status, body } = await call('GET', '/v1/targets');
      // Released by a version that did not write them down yet, or before the first release.
      if (status === 404 || status === 503) return {};
      if (status !== 200) throw refusal('its classes', status, body);
      const { targets } = TARGETS.parse(body);
      return Object.fromEntries(
        Object.entries(targets).map(([target, { classes }]) => [target, classes.map(({ name }) => name)]),
      );
    },

    async send(labels) {
      const stored: string[] = [];
      const refused: { id: string; reason: string }[] = [];
      for (let start = 0; start < labels.length; start += MAX_CORRECTIONS) {
        const some = labels.slice(start, start + MAX_CORRECTIONS);
        const corrections = some.map(({ id, values }) => ({ inferenceId: id, correction: values }));
        const { status, body } = await call('POST', '/v1/feedback', { corrections });
        if (status === 202) {
          const reply = STORED.parse(body);
          stored.push(...reply.accepted.map(({ index }) => some[index]?.id ?? ''));
          refused.push(...reply.rejected.map(({ index, reason }) => ({ id: some[index]?.id ?? '', reason })));
        } else if (status === 400 || status === 404) {
          // None of these was stored; the next hundred may be.
          const reason = messageOf(body);
          refused.push(...some.map(({ id }) => ({ id, reason })));
        } else throw refusal('labels', status, body);
      }
      return { stored, refused };
    },
  };

  async function call(method: 'GET' | 'POST', path: string, content?: unknown) {
    for (const delay of waits) {
      const reply = await once(method, path, content);
      // "no model in service yet" will be as true in a second.
      if (!PASSING.has(reply.status) || method === 'GET') return reply;
      await wait(delay);
    }
    return once(method, path, content);
  }

  async function once(method: 'GET' | 'POST', path: string, content: unknown) {
    const at = new URL(url.replace(/\/v1\/predictions$/, path));
    const body = content === undefined ? undefined : JSON.stringify(content);
    const { headers } = await new SignatureV4({
      service: 'execute-api',
      region: signer.region,
      sha256: Sha256,
      credentials: signer.credentials,
    }).sign({
      method,
      protocol: at.protocol,
      hostname: at.hostname,
      path: at.pathname,
      headers: { host: at.host, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body }),
    });
    const { host: _, ...others } = headers;
    const response = await fetch(at, {
      method,
      headers: others,
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new Refusal(`${at.host} cannot be reached: ${error instanceof Error ? error.message : error}`);
    });
    return { status: response.status, body: parsed(await response.text()) };
  }
}

function refusal(what: string, status: number, body: unknown): Refusal {
  const who =
    status === 403
      ? ' · your role needs execute-api:Invoke on this API, or to be a consumer of project.yaml'
      : '';
  return new Refusal(`the API refused ${what} with ${status}: ${messageOf(body)}${who}`);
}

function messageOf(body: unknown): string {
  const { success, data } = ERROR.safeParse(body);
  if (success) return data.error.message;
  const { message } = z.object({ message: z.string() }).safeParse(body).data ?? {};
  return message ?? 'no reason given';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
