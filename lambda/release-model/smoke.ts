import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { ContainerReply, ContainerRequest } from '../invoke-model/contract';
import type { Settings } from './settings';

/** Begins the inference id of every smoke request, so that a reader of captured records can leave them out. */
export const SMOKE_INFERENCE = 'smoke-';

/**
 * Asks the endpoint once, by the same way as every caller.
 *
 * @returns undefined when the reply is right, else what is wrong with it; the container must answer with the wanted
 *   version (it may still be the old fleet, or an image that ignores MODEL_VERSION) and with every target
 * @throws what the runtime throws, other than an error of the model itself
 */
export async function smokeRequest(
  runtime: SageMakerRuntimeClient,
  { endpoint, fields, targets }: Settings,
  version: number,
): Promise<string | undefined> {
  const request: ContainerRequest = {
    rows: [Object.fromEntries(fields.map((field) => [field, 'Smoke request of a release, please ignore.']))],
  };
  try {
    const reply = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: endpoint,
        ContentType: 'application/json',
        Accept: 'application/json',
        InferenceId: `${SMOKE_INFERENCE}v${version}`,
        Body: JSON.stringify(request),
      }),
    );
    return wrongIn(new TextDecoder().decode(reply.Body), targets, version);
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError') {
      const { OriginalStatusCode: status } = error as {
        OriginalStatusCode?: number;
      };
      return `the model answered the smoke request with HTTP ${status ?? 'error'}`;
    }
    throw error;
  }
}

function wrongIn(body: string, targets: readonly string[], version: number): string | undefined {
  let reply: Partial<ContainerReply>;
  try {
    reply = JSON.parse(body);
  } catch {
    return 'the reply to the smoke request is not JSON';
  }
  if (reply.modelVersion !== version) {
    return `the smoke request was answered by model version ${reply.modelVersion ?? 'unknown'}, not ${version}`;
  }
  const prediction = reply.predictions?.[0];
  const missing = targets.filter((target) => typeof prediction?.[target]?.value !== 'string');
  return missing.length > 0 ? `the reply to the smoke request lacks ${missing.join(', ')}` : undefined;
}
