import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { Stage } from '../stage';
import { normalTraffic, randomNumbers } from '../traffic/rows';
import { approve } from './approve';
import { executionsOf, follow } from './executions';
import { gate } from './gate';
import { heldOutRows } from './held-out';
import { expectAlarm, HTTP_REQUESTS, score, watch } from './monitor';
import { read } from './read';
import { register } from './register';
import { release } from './release';
import { serve } from './serve';

const PATIENCE_MS = 20_000;

/**
 * The alarm has started a training on base data and feedback; its model is compared with the champion by the champion's
 * own code, approved, released by updating the endpoint, and answers. On traffic like its data the alarm is OK again.
 */
export async function retrain(
  stage: Stage,
  champion: { readonly execution: string; readonly version: number },
) {
  const execution = await executionAfter(stage, champion.execution);
  await follow(stage, execution, 'Evaluate');
  const gated = await gate(stage, execution);
  const registered = await register(stage, execution);
  const model = await stage.aws.sagemaker.send(
    new DescribeModelPackageCommand({
      ModelPackageName: registered.packageArn,
    }),
  );
  const { reason, champion: compared, dataVersion } = model.CustomerMetadataProperties ?? {};
  if (reason !== 'drift') throw new Error(`the retraining carries the reason ${reason}, it should be drift`);
  if (!compared?.endsWith(`/${champion.version}`)) {
    throw new Error(
      `version ${registered.version} was compared with ${compared}, the champion is version ${champion.version}`,
    );
  }

  const taught = await feedbackRows(stage, execution, dataVersion ?? '');

  await approve(stage, registered.packageArn);
  stage.progress.say(`releasing version ${registered.version}`);
  await release(stage, registered.version);
  const rows = await heldOutRows(stage, execution);
  const [first] = rows;
  if (!first) throw new Error('the second training held out no rows');
  await serve(stage, first, registered.version);

  const after = await watch(
    stage,
    'new normal',
    normalTraffic(rows, stage.play.window, randomNumbers(13)),
    HTTP_REQUESTS,
  );
  await expectAlarm(
    stage,
    'OK',
    `traffic like the data of version ${registered.version} (${after.sentence})`,
  );
  return {
    version: registered.version,
    happened: `reason drift, on base data and ${taught} corrected rows; version ${registered.version} passed against version ${champion.version}, was approved, released and answers; the alarm is OK again`,
    evidence: `${gated.evidence} DriftScore ${score(after)}`,
  };
}

/**
 * Rows of callers' corrections that the training learned from.
 *
 * @throws when its data version names none, or preprocessing used none
 */
async function feedbackRows(stage: Stage, execution: string, dataVersion: string): Promise<number> {
  const bucket = stage.outputs.ArtifactsBucket;
  const [manifest, report] = await Promise.all([
    read(stage, bucket, `data/versions/${dataVersion}.manifest`),
    read(stage, bucket, `runs/${execution.split('/').at(-1)}/report/report.json`),
  ]);
  const rows = Number(JSON.parse(report).feedback);
  if (!manifest.includes('labelled/') || !(rows > 0)) {
    throw new Error(`data version ${dataVersion} holds no corrections that were learned from: ${manifest}`);
  }
  return rows;
}

/** The execution that the alarm started. */
async function executionAfter(stage: Stage, champion: string): Promise<string> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const [newest] = await executionsOf(stage.aws.sagemaker, stage.outputs.PipelineName);
    if (newest && newest !== champion) return newest;
    if (Date.now() > until)
      throw new Error('the drift alarm started no training; see the deliveries in the log');
    await stage.delivered();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
