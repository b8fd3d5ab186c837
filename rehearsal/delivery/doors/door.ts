import { createServer, type IncomingMessage } from 'node:http';
import type { AccountServices } from '../../account';
import type { Belongings } from '../../processes/belongings';
import { requireLoopback } from '../../processes/loopback';
import { type Adapting, escaped } from './adapting';
import { ApiError, type deliveryApi } from './api';
import type { Callers } from './callers';
import { forward, type Incoming, type Reply } from './forward';

/** What the door needs once everything is up; functions know its address before. */
interface DoorServices {
  /** By `<account>/<region>`. */
  readonly accounts: ReadonlyMap<string, AccountServices>;
  readonly callers: Callers;
  readonly adapting: Adapting;
  readonly api: ReturnType<typeof deliveryApi>;
}

export interface Door {
  readonly url: string;
  /** Variables by which functions find their account's SageMaker, and the two services of delivery. */
  readonly forFunctions: Readonly<Record<string, string>>;
  /** The same for commands, with the services that are looked at on the way. */
  readonly forCommands: Readonly<Record<string, string>>;
  open(services: DoorServices): void;
}

/** Services that each account has one of. */
const OF_ACCOUNT = ['SAGEMAKER', 'SAGEMAKER_RUNTIME', 'APPLICATION_AUTO_SCALING'];
const OF_DELIVERY = ['CODEPIPELINE', 'CODEBUILD'];
/** Services of the emulator whose calls are looked at. */
const WATCHED = ['CLOUDFORMATION', 'STS'];

/** A request's signature tells whose key it is, in which region, and of which service. */
const SCOPE = /Credential=([^/]+)\/\d+\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;

/**
 * One address for the services that are ours, as in AWS one address serves all accounts: the key a request is signed with
 * says whose resources it is about.
 */
export async function openDoor(belongings: Belongings, log: (line: string) => void): Promise<Door> {
  let services: DoorServices | undefined;
  const server = createServer((request, response) => {
    const answered = received(request)
      .then((incoming) => answer(incoming, services))
      .catch((error: unknown) => failure(error, log))
      .then(({ status, headers, body }) => {
        response.writeHead(status, { ...headers, 'content-length': body.length });
        response.end(body);
      });
    answered.catch((error: unknown) => log(`door: ${String(error)}`));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  belongings.add('the door', () => {
    server.closeAllConnections();
    server.close();
  });
  const url = requireLoopback(`http://127.0.0.1:${port}`, 'the door');
  const at = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [`AWS_ENDPOINT_URL_${name}`, url]));
  return {
    url,
    forFunctions: at([...OF_ACCOUNT, ...OF_DELIVERY]),
    forCommands: at([...OF_ACCOUNT, ...OF_DELIVERY, ...WATCHED]),
    open: (opened) => {
      services = opened;
    },
  };
}

async function answer(incoming: Incoming, services: DoorServices | undefined): Promise<Reply> {
  const [, key = '', region = '', service = ''] = SCOPE.exec(String(incoming.headers.authorization)) ?? [];
  if (!services) throw new Error(`${service} was called before the rehearsal was ready`);
  const caller = await services.callers.of(key);
  if (service === 'codepipeline' || service === 'codebuild') {
    const target = String(incoming.headers['x-amz-target']);
    const app = appOf(incoming);
    const by = caller.role ?? `arn:aws:iam::${caller.account}:root`;
    const input = JSON.parse(incoming.body.toString() || '{}');
    return json(200, await services.api(target, input, app ?? (caller.role && `role:${caller.role}`), by));
  }
  if (service === 'cloudformation' || service === 'sts') return emulated(incoming, service, services);
  const place = services.accounts.get(`${caller.account}/${region}`);
  if (!place)
    throw new Error(`${service} of ${caller.account}/${region} is not played: no environment lies there`);
  const agent = String(incoming.headers['user-agent'] ?? '');
  const userAgent = caller.role && !appOf(incoming) ? `${agent} app/role:${caller.role}` : agent;
  return forward(incoming, place.sagemaker.url, { userAgent });
}

async function emulated(incoming: Incoming, service: string, services: DoorServices): Promise<Reply> {
  const [any] = services.accounts.values();
  if (!any) throw new Error('there is no account');
  if (service === 'cloudformation') {
    try {
      await services.adapting.request(new URLSearchParams(incoming.body.toString()));
    } catch (error) {
      return refusedTemplate(error instanceof Error ? error.message : String(error));
    }
  }
  const { endpoint, client } = any.emulator;
  const reply = await forward(incoming, endpoint, { agent: client.requestHandler.httpsAgent });
  if (service === 'cloudformation') {
    return { ...reply, body: Buffer.from(services.adapting.reply(reply.body.toString())) };
  }
  services.callers.saw(reply.body.toString());
  return reply;
}

/** The application id by which a function names itself. */
const appOf = ({ headers }: Incoming): string | undefined => {
  const id = /\bapp\/(\S+)/.exec(String(headers['user-agent'] ?? ''))?.[1];
  return id && `app/${id}`;
};

async function received(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = 'GET', url = '/', headers } = request;
  return { method, path: url, headers, body: Buffer.concat(chunks) };
}

const json = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: Buffer.from(JSON.stringify(body)),
});

/** As CloudFormation refuses a template. */
const refusedTemplate = (message: string): Reply => ({
  status: 400,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(
    `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
  ),
});

function failure(error: unknown, log: (line: string) => void): Reply {
  if (error instanceof ApiError) return json(400, { __type: error.code, message: error.message });
  const message = error instanceof Error ? error.message : String(error);
  log(`door: ${message}`);
  return json(500, { __type: 'InternalFailure', message });
}
