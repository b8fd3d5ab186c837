import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Endpoint, fleetFor } from './endpoint-record';
import { AwsError, messageOf } from './errors';
import type { World } from './world';

/** botocore's limit for a body; other pages name a larger one. */
export const MAX_BODY = 6_291_456;
const MAX_INFERENCE_ID = 64;

/** An answer of the runtime. */
export interface Answer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** InvokeEndpoint: passes the body to a variant's container, and captures what was said. */
export async function invoke(
  world: World,
  endpoints: ReadonlyMap<string, Endpoint>,
  name: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<Answer> {
  const { account, region } = world.options;
  const endpoint = endpoints.get(name.toLowerCase());
  const status = String(endpoint?.record.EndpointStatus);
  const fleet = endpoint && fleetFor(endpoint);
  if (!fleet || !['InService', 'Updating', 'RollingBack'].includes(status)) {
    throw new AwsError('ValidationError', `Endpoint ${name} of account ${account} not found.`);
  }
  if (body.length > MAX_BODY)
    throw new AwsError(
      'ValidationError',
      `Body must have length less than or equal to ${MAX_BODY}, got ${body.length}`,
    );
  const inferenceId = one(headers['x-amzn-sagemaker-inference-id']);
  if (
    inferenceId !== undefined &&
    (inferenceId.length > MAX_INFERENCE_ID || !/^\S[\x20-\x7e]*$/.test(inferenceId))
  ) {
    throw new AwsError(
      'ValidationError',
      `InferenceId must be 1 to ${MAX_INFERENCE_ID} printable characters, got ${inferenceId.length}`,
    );
  }
  const target = one(headers['x-amzn-sagemaker-target-variant']);
  const variant = fleet.pick(target);
  if (!variant)
    throw new AwsError(
      'ValidationError',
      `Variant ${target} not found for endpoint ${name} of account ${account}`,
    );
  for (const feature of ['target-model', 'inference-component', 'target-container-hostname', 'session-id']) {
    if (headers[`x-amzn-sagemaker-${feature}`])
      throw new AwsError(
        'ValidationError',
        `${feature} is not rehearsed: the local SageMaker does not emulate it`,
      );
  }

  const contentType = headers['content-type'] ?? 'application/octet-stream';
  const customAttributes = one(headers['x-amzn-sagemaker-custom-attributes']);
  const log = `arn:aws:logs:${region}:${account}:log-group:/aws/sagemaker/Endpoints/${name}`;
  const failed = (original: number, said: string) =>
    new AwsError('ModelError', modelErrorText(original, said, name, region, account), 424, {
      OriginalStatusCode: original,
      OriginalMessage: said,
      LogStreamArn: log,
    });
  const passed: Record<string, string> = { 'content-type': contentType };
  if (headers.accept && headers.accept !== '*/*') passed.accept = headers.accept;
  if (customAttributes) passed['x-amzn-sagemaker-custom-attributes'] = customAttributes;
  const reply = await variant.server.invoke(passed, body).catch((error) => {
    throw failed(0, messageOf(error));
  });
  if (reply.status >= 400) throw failed(reply.status, reply.body.toString('utf8').slice(0, 1024));
  variant.capture?.record({
    inferenceId,
    customAttributes,
    input: { contentType, body },
    output: { contentType: reply.contentType, body: reply.body },
  });
  return {
    headers: {
      'content-type': reply.contentType,
      'x-amzn-invoked-production-variant': variant.name,
      'x-amzn-requestid': randomUUID(),
      ...(reply.customAttributes && { 'x-amzn-sagemaker-custom-attributes': reply.customAttributes }),
    },
    body: reply.body,
  };
}

function modelErrorText(
  status: number,
  said: string,
  endpoint: string,
  region: string,
  account: string,
): string {
  const side = status >= 400 && status < 500 ? 'client' : 'server';
  return `Received ${side} error (${status}) from primary with message "${said}". See https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=/aws/sagemaker/Endpoints/${endpoint} in account ${account} for more information.`;
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;
