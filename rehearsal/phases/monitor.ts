import { DescribeAlarmsCommand, paginateListMetrics } from '@aws-sdk/client-cloudwatch';
import { DescribeProcessingJobCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { MonitorReport } from '../../lambda/record-metrics/contract';
import type { StartMonitoringResult } from '../../lambda/start-monitoring/contract';
import type { Stage } from '../stage';
import { postInTurn } from '../traffic/api-caller';
import { normalTraffic, type Row, randomNumbers, shiftedTraffic } from '../traffic/rows';
import { correctionOf } from './feedback';
import { heldOutRows, learnedRows } from './held-out';
import { read } from './read';
import { expectStatus, FEEDBACK, inputOf, PREDICTIONS } from './requests';

/** Fewest requests of a period that go the whole way, over HTTP. */
export const HTTP_REQUESTS = 50;
const AT_ONCE = 8;
const POLL_MS = 100;
const PATIENCE_MS = 20_000;
const JOB_PATIENCE_MS = 10 * 60_000;

/** Normal traffic raises no alarm; shifted traffic, corrected by its callers, does. */
export async function monitor(stage: Stage, execution: string) {
  const [heldOut, learned] = await Promise.all([
    heldOutRows(stage, execution),
    learnedRows(stage, execution),
  ]);
  const { window } = stage.play;
  const random = randomNumbers(11);
  const http = Math.max(HTTP_REQUESTS, stage.play.minNewRows + 10);

  const calm = await watch(stage, 'normal', normalTraffic(heldOut, window, random), http);
  expectJoined(calm);
  await expectAlarm(stage, 'OK', `normal traffic (${calm.sentence})`);

  const shifted = await watch(stage, 'shifted', shiftedTraffic(learned, stage.play, window, random), http);
  await expectAlarm(stage, 'ALARM', `shifted traffic (${shifted.sentence})`);
  return {
    happened: `normal traffic raised no alarm, shifted traffic did (${http} of ${window} requests by HTTP with corrections, the rest straight to the runtime)`,
    evidence: `DriftScore ${score(calm)} → ${score(shifted)}; ${stage.outputs.DriftAlarm} is ALARM`,
  };
}

/** All that was corrected so far had been asked and captured, alone or among many: every correction finds its mail. */
function expectJoined({ sentence, labelled_rows }: MonitorReport): void {
  if (labelled_rows === 0 || sentence.includes('without their record')) {
    throw new Error(`not every correction found what it corrects: ${sentence}`);
  }
}

/**
 * One monitoring period: traffic, its corrections, the monitoring job, its metrics and the alarms.
 *
 * @param http how many of the rows are asked through the API and corrected
 */
export async function watch(
  stage: Stage,
  kind: string,
  rows: readonly Row[],
  http: number,
): Promise<MonitorReport> {
  const since = new Date();
  stage.progress.say(`${kind} traffic: ${http} requests by HTTP`);
  await inParallel(rows.slice(0, http), (row) => askAndCorrect(stage, row));
  stage.progress.say(`${kind} traffic: ${rows.length - http} requests straight to the runtime`);
  await inParallel(rows.slice(http), (row) => invokeEndpoint(stage, row));
  await stage.flushCapture();

  stage.progress.say(`${kind} traffic: monitoring job`);
  const started = await stage.fire<StartMonitoringResult>(stage.outputs.StartMonitoringFunction);
  if (started.outcome !== 'started' || !started.jobName)
    throw new Error(`no monitoring job: ${started.note}`);
  await jobCompleted(stage, started.jobName);
  await stage.delivered();
  await recorded(stage, started.jobName);
  await stage.evaluateAlarms(since);
  await stage.delivered();
  const report = await read(
    stage,
    stage.outputs.ArtifactsBucket,
    `monitor/${started.jobName}/report/report.json`,
  );
  return JSON.parse(report) as MonitorReport;
}

async function askAndCorrect(stage: Stage, row: Row): Promise<void> {
  const reply = await postInTurn(stage.consumer, PREDICTIONS, {
    input: inputOf(stage, row),
  });
  expectStatus(reply, 200, 'a request of the traffic');
  const correction = {
    inferenceId: String(reply.body.inferenceId),
    correction: correctionOf(stage, row),
  };
  expectStatus(await postInTurn(stage.consumer, FEEDBACK, correction), 202, 'a correction of the traffic');
}

async function invokeEndpoint(stage: Stage, row: Row): Promise<void> {
  await stage.aws.runtime.send(
    new InvokeEndpointCommand({
      EndpointName: stage.outputs.EndpointName,
      ContentType: 'application/json',
      Accept: 'application/json',
      InferenceId: crypto.randomUUID(),
      Body: JSON.stringify({ rows: [inputOf(stage, row)] }),
    }),
  );
}

async function jobCompleted(stage: Stage, name: string): Promise<void> {
  const until = Date.now() + JOB_PATIENCE_MS;
  for (;;) {
    if (Date.now() > until)
      throw new Error(`monitoring job ${name} still runs after ${JOB_PATIENCE_MS / 60_000} minutes`);
    const job = await stage.aws.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
    if (job.ProcessingJobStatus === 'Completed') return;
    if (job.ProcessingJobStatus === 'Failed' || job.ProcessingJobStatus === 'Stopped') {
      throw new Error(
        `monitoring job ${name} is ${job.ProcessingJobStatus}: ${job.FailureReason ?? 'no reason given'}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Waits until the job's report has become metrics; the function that does it is called by an event, nobody waits for it. */
async function recorded(stage: Stage, job: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { Item } = await stage.aws.dynamodb.send(
      new GetCommand({
        TableName: stage.outputs.StateTable,
        Key: { pk: `monitor#${job}` },
        ConsistentRead: true,
      }),
    );
    if (Item?.finished) return expectNamespace(stage);
    if (Date.now() > until) {
      const name = stage.outputs.RecordMetricsFunction;
      throw new Error(`${name} made no metrics of ${job}; its log ends:\n${await stage.functionLog(name)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * Policies allow metrics in one namespace, by a condition that the emulator cannot read and the adapter left out: so this
 * sees where metrics really went.
 */
async function expectNamespace(stage: Stage): Promise<void> {
  for await (const { Metrics = [] } of paginateListMetrics({ client: stage.aws.cloudwatch }, {})) {
    const elsewhere = Metrics.find(
      ({ Namespace = '' }) => !Namespace.startsWith('AWS/') && !stage.metricNamespaces.includes(Namespace),
    );
    if (elsewhere) {
      throw new Error(
        `metric ${elsewhere.MetricName} went to ${elsewhere.Namespace}; policies allow ${stage.metricNamespaces.join(', ')}`,
      );
    }
  }
}

/** @throws when the drift alarm is in another state than it should be after this traffic */
export async function expectAlarm(stage: Stage, state: 'OK' | 'ALARM', after: string): Promise<void> {
  const { MetricAlarms = [] } = await stage.aws.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [stage.outputs.DriftAlarm] }),
  );
  const [alarm] = MetricAlarms;
  if (alarm?.StateValue !== state) {
    throw new Error(
      `${stage.outputs.DriftAlarm} is ${alarm?.StateValue ?? 'missing'} after ${after}, it should be ${state}: ${alarm?.StateReason ?? ''}`,
    );
  }
}

export const score = (report: MonitorReport): string => report.drift.score?.toFixed(2) ?? 'none';

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
