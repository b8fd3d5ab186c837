import { setTimeout } from 'node:timers/promises';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { approve } from '../rehearsal/phases/approve';
import { gate } from '../rehearsal/phases/gate';
import { heldOutRows } from '../rehearsal/phases/held-out';
import { register } from '../rehearsal/phases/register';
import { release } from '../rehearsal/phases/release';
import { inputOf, PREDICTIONS } from '../rehearsal/phases/requests';
import { train } from '../rehearsal/phases/train';
import type { Stage } from '../rehearsal/stage';
import { post } from '../rehearsal/traffic/api-caller';

/** Milliseconds of one request, the median. */
export interface ServingLine {
  readonly way: string;
  readonly p50_ms: number;
}

const REQUESTS = 60;
/** Between two requests: the API admits twenty a second, and a refusal would be measured instead. */
const PAUSE_MS = 60;

/**
 * One row asked through the API of the emulator, and through the endpoint alone: what the way in costs on this machine.
 */
export async function benchServing(stage: Stage): Promise<ServingLine[]> {
  const { execution } = await train(stage);
  await gate(stage, execution);
  const { packageArn, version } = await register(stage, execution);
  await approve(stage, packageArn);
  await release(stage, version);
  const [row = {}] = await heldOutRows(stage, execution);
  const input = inputOf(stage, row);
  const api = await timed(async () => {
    const { status } = await post(stage.consumer, PREDICTIONS, { input });
    if (status !== 200) throw new Error(`the API answered ${status}`);
  });
  const endpoint = await timed(() =>
    stage.aws.runtime.send(
      new InvokeEndpointCommand({
        EndpointName: stage.outputs.EndpointName,
        ContentType: 'application/json',
        Body: JSON.stringify({ rows: [input] }),
      }),
    ),
  );
  return [
    { way: 'POST /v1/predictions, signed', p50_ms: api },
    { way: 'InvokeEndpoint', p50_ms: endpoint },
  ];
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  await ask();
  const taken: number[] = [];
  for (let request = 0; request < REQUESTS; request++) {
    const started = performance.now();
    await ask();
    taken.push(performance.now() - started);
    await setTimeout(PAUSE_MS);
  }
  return taken.sort((a, b) => a - b)[Math.floor(REQUESTS / 2)] ?? 0;
}
