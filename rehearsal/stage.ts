import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DataFile } from '../operations/delivery/staging/data-files';
import type { StagedModel } from '../operations/delivery/staging/stage-weights';
import type { CodeBundle } from '../pipelines/code-bundle';
import type { Progress } from './report/progress';
import type { Consumer } from './traffic/api-caller';

/** Clients of the services a phase talks to; all of them end at the emulator or the local SageMaker. */
export interface Clients {
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly states: SFNClient;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly cloudwatch: CloudWatchClient;
  readonly iam: IAMClient;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
}

/** The project that is played, in one environment. */
export interface Play {
  readonly project: string;
  readonly environment: string;
  readonly fields: readonly string[];
  readonly targets: readonly string[];
  /** Records the monitor judges at once; the baseline's thresholds hold for windows of exactly this size. */
  readonly window: number;
  /** Labelled rows below which an automatic retraining is not started. */
  readonly minNewRows: number;
  readonly bundle: CodeBundle;
  readonly commit: string;
  /** Files of base data. */
  readonly data: readonly DataFile[];
  /** Files of the base model that the training starts from, and the folder that has them. @default - it starts from none */
  readonly weights?: StagedModel & { readonly folder: string };
  /** Minutes that a step may take on this machine. @default 15 */
  readonly patienceMinutes?: number;
}

/** Names that the stacks published as outputs. */
export interface Outputs {
  readonly ArtifactsBucket: string;
  readonly RecordsBucket: string;
  readonly StateTable: string;
  readonly ModelPackageGroup: string;
  readonly StartTrainingFunction: string;
  readonly PipelineName: string;
  /** Who approves models here: the policy or a person. */
  readonly ModelApproval: 'auto' | 'person';
  readonly ApiId: string;
  readonly ReleaseStateMachineArn: string;
  readonly EndpointName: string;
  readonly StartMonitoringFunction: string;
  readonly RecordMetricsFunction: string;
  readonly DriftAlarm: string;
}

/** What every phase after the deployment works with. */
export interface Stage {
  readonly play: Play;
  readonly aws: Clients;
  readonly outputs: Outputs;
  readonly consumer: Consumer;
  readonly progress: Progress;
  /** Namespaces that policies allow metrics to be put in. */
  readonly metricNamespaces: readonly string[];
  /** Does what the schedule of a function would do at its time. */
  fire<Result>(functionName: string): Promise<Result>;
  /** The last line that a job wrote so far. */
  jobLine(job: string): string | undefined;
  /** The last lines a function wrote. */
  functionLog(functionName: string): Promise<string>;
  /** Resolves once every event on its way has been delivered. */
  delivered(): Promise<void>;
  /** Delivers the last event of a detail-type once more, as EventBridge sometimes does. */
  redeliver(detailType: string): Promise<void>;
  /** Writes what the endpoint has captured so far. */
  flushCapture(): Promise<void>;
  /** Evaluates the alarms as CloudWatch would at the end of this period. */
  evaluateAlarms(since: Date): Promise<void>;
  /** What roles were refused so far, though the emulator itself does not enforce them. */
  denials(): readonly string[];
  /** Calls that the emulator refused to functions since then, as their logs tell. */
  refusedCalls(since: Date): Promise<readonly string[]>;
  /** Looks roles' policies up anew; called after one was changed. What was refused so far stays. */
  forgetPermissions(): void;
  /** Events that did not reach a target of a rule they matched. */
  undelivered(): readonly string[];
}
