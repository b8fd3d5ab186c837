import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { Emulator } from '../emulator/emulator';
import type { Belongings } from '../processes/belongings';
import { requireLoopback } from '../processes/loopback';
import { mathAlarmType } from './alarm-type';
import { createBridgeFunction } from './bridge-function';
import type { BridgedType, Played } from './bridged-type';
import {
  type CustomResourceEvent,
  type CustomResourceReply,
  originalProperties,
  stackName,
} from './custom-resource';
import { flowLogType, securityGroupRuleType } from './network-types';
import { RECORDED, recordedType } from './recorded-types';
import { modelPackageGroupType, pipelineType } from './sagemaker-types';

export interface BridgeSettings {
  readonly emulator: Pick<Emulator, 'client' | 'endpoint' | 'account' | 'region'>;
  /** URL of the local SageMaker. */
  readonly sagemaker: string;
  readonly belongings: Belongings;
  readonly log: (line: string) => void;
  /** Types that somebody else plays, which take the place of ours. @default - none */
  readonly types?: ReadonlyMap<string, BridgedType>;
}

/** A resource that this process created in CloudFormation's place. */
export interface BridgedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly played: Played;
  /** Why it may stay unrehearsed under `--strict`; undefined for what was played, or reviewed by nobody. */
  readonly reviewed?: string;
  readonly ref: string;
}

export interface Bridge {
  /** ARN for the adapter: the function behind every rewritten resource. */
  readonly serviceToken: string;
  /** What exists now. */
  resources(): BridgedResource[];
  /** Lets the next creation of a resource of this type fail, as a service may at any time. */
  failOnce(type: string, reason: string): void;
}

/**
 * Serves the CloudFormation types that the emulator lacks from this process, as custom resources of one function.
 *
 * A type nobody wrote a handler for fails its stack; nothing is ever pretended.
 */
export async function startBridge(settings: BridgeSettings): Promise<Bridge> {
  const { emulator, belongings, log } = settings;
  const types = bridgedTypes(settings);
  const resources = new Map<string, BridgedResource>();
  // Functions reach this port as well; only CloudFormation's knows the path.
  const path = `/${randomUUID()}`;
  const server = createServer((incoming, response) => {
    if (incoming.url !== path) return void response.writeHead(404).end();
    const answered = serve(incoming).then(() => response.end('{}'));
    answered.catch((error) => {
      log(`bridge: ${String(error)}`);
      response.writeHead(500).end();
    });
  });
  const port = await listen(server);
  belongings.add('the bridge', () => {
    server.closeAllConnections();
    server.close();
  });
  const serviceToken = await createBridgeFunction(emulator, `http://127.0.0.1:${port}${path}`);

  async function serve(incoming: IncomingMessage): Promise<void> {
    const event: CustomResourceEvent = JSON.parse(await body(incoming));
    const reply = await handle(event, types, resources);
    if (reply.Status === 'FAILED') log(`bridge: ${event.LogicalResourceId}: ${reply.Reason}`);
    await deliver(emulator, new URL(event.ResponseURL).pathname, reply);
  }
  return {
    serviceToken,
    resources: () => [...resources.values()],
    failOnce: (type, reason) => {
      const sound = types.get(type);
      if (!sound) throw new Error(`the bridge has no ${type}`);
      const create = async () => {
        types.set(type, sound);
        throw new Error(reason);
      };
      types.set(type, { ...sound, create });
    },
  };
}

function bridgedTypes(settings: BridgeSettings): Map<string, BridgedType> {
  const { emulator, sagemaker: endpoint } = settings;
  const { region, credentials } = emulator.client;
  requireLoopback(endpoint, 'the SageMaker endpoint');
  const sagemaker = new SageMakerClient({ endpoint, region, credentials });
  const ec2 = new EC2Client(emulator.client);
  return new Map<string, BridgedType>([
    ['AWS::SageMaker::Pipeline', pipelineType(sagemaker)],
    ['AWS::SageMaker::ModelPackageGroup', modelPackageGroupType(sagemaker)],
    ['AWS::CloudWatch::Alarm', mathAlarmType(new CloudWatchClient(emulator.client))],
    ['AWS::EC2::FlowLog', flowLogType(ec2)],
    ['AWS::EC2::SecurityGroupIngress', securityGroupRuleType(ec2, 'ingress')],
    ['AWS::EC2::SecurityGroupEgress', securityGroupRuleType(ec2, 'egress')],
    ...Object.keys(RECORDED).map((type): [string, BridgedType] => [type, recordedType()]),
    ...(settings.types ?? []),
  ]);
}

/** Does what CloudFormation asks and says how it went; whatever goes wrong is the stack's failure, with its reason. */
export async function handle(
  event: CustomResourceEvent,
  types: ReadonlyMap<string, BridgedType>,
  resources: Map<string, BridgedResource>,
): Promise<CustomResourceReply> {
  const { StackId, RequestId, LogicalResourceId, ResourceProperties } = event;
  const type = ResourceProperties.RehearsalType;
  const stack = stackName(StackId);
  const id = `${stack}/${LogicalResourceId}`;
  const ref = event.PhysicalResourceId;
  const about = { StackId, RequestId, LogicalResourceId };
  try {
    const bridged = types.get(type);
    if (!bridged) {
      throw new Error(
        `${type} cannot be rehearsed: the emulator lacks it and rehearsal/bridge has no handler for it`,
      );
    }
    const properties = originalProperties(ResourceProperties);
    const request = { type, stack, logicalId: LogicalResourceId, properties };
    if (event.RequestType === 'Delete') {
      // A resource whose creation failed is deleted too, by the id we gave the failure.
      if (ref && ref !== failed(id)) await bridged.remove(ref, request);
      if (resources.get(id)?.ref === ref) resources.delete(id);
      return { ...about, Status: 'SUCCESS', PhysicalResourceId: ref ?? id };
    }
    const made =
      event.RequestType === 'Update' && ref
        ? await bridged.update(ref, request)
        : await bridged.create(request);
    const reviewed = RECORDED[type]?.reviewed;
    resources.set(id, {
      stack,
      logicalId: LogicalResourceId,
      type,
      played: bridged.played,
      reviewed,
      ref: made.ref,
    });
    return { ...about, Status: 'SUCCESS', PhysicalResourceId: made.ref, Data: made.attributes };
  } catch (error) {
    const Reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { ...about, Status: 'FAILED', Reason, PhysicalResourceId: ref ?? failed(id) };
  }
}

const failed = (id: string): string => `${id}/failed`;

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

async function body(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers CloudFormation where it waits; by the emulator's own address, whatever host the URL has. */
function deliver(
  emulator: {
    readonly endpoint: string;
    readonly client: { readonly requestHandler: { readonly httpsAgent: Agent } };
  },
  path: string,
  reply: CustomResourceReply,
): Promise<void> {
  const text = JSON.stringify(reply);
  return new Promise((resolve, reject) => {
    const put = request(
      `${emulator.endpoint}${path}`,
      {
        method: 'PUT',
        agent: emulator.client.requestHandler.httpsAgent,
        headers: { 'content-length': Buffer.byteLength(text) },
      },
      (response) => {
        response.resume();
        response.on('end', resolve);
      },
    );
    put.on('error', reject);
    put.end(text);
  });
}
