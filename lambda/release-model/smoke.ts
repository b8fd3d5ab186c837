import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { ModelReplyBroken, parseContainerReply } from '../invoke-model/container-reply';
import type { ContainerRequest } from '../invoke-model/contract';
import type { Settings } from './settings';

/** Begins the inference id of every smoke request, so that a reader of captured records can leave them out. */
const SMOKE_INFERENCE = 'smoke-';

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
    return wrongIn(reply.Body ?? new Uint8Array(), targets, version);
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

/** Reads the reply as callers' requests will: what they could not be told is wrong here too. */
function wrongIn(body: Uint8Array, targets: readonly string[], version: number): string | undefined {
  try {
    const { modelVersion } = parseContainerReply(body, targets, 1);
    if (modelVersion === version) return undefined;
    return `the smoke request was answered by model version ${modelVersion}, not ${version}`;
  } catch (error) {
    if (error instanceof ModelReplyBroken) return `the reply to the smoke request is wrong: ${error.message}`;
    throw error;
  }
}
