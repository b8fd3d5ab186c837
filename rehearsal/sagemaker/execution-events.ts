import type { StepRecord } from './interpreter/execution';
import type { Fields } from './service-model';
import { iso, seconds, type World } from './world';

/** Moves an execution to another status, and says so. */
export function turn(world: World, record: Fields, status: string, reason?: string): void {
  const previous = String(record.PipelineExecutionStatus);
  Object.assign(
    record,
    { PipelineExecutionStatus: status, LastModifiedTime: seconds() },
    reason && { FailureReason: reason },
  );
  announceExecution(world, record, previous);
}

/** The execution's event. */
export function announceExecution(world: World, record: Fields, previous: string | undefined): void {
  const status = String(record.PipelineExecutionStatus);
  const ended = !['Executing', 'Stopping'].includes(status);
  world.emit('SageMaker Model Building Pipeline Execution Status Change', ids(record), {
    pipelineExecutionDisplayName: record.PipelineExecutionDisplayName,
    currentPipelineExecutionStatus: status,
    previousPipelineExecutionStatus: previous ?? status,
    executionStartTime: iso(Number(record.CreationTime)),
    ...(ended && { executionEndTime: iso(Number(record.LastModifiedTime)) }),
    pipelineExecutionDescription: record.PipelineExecutionDescription,
    pipelineArn: record.PipelineArn,
    pipelineExecutionArn: record.PipelineExecutionArn,
  });
}

/** A step's event. */
export function announceStep(
  world: World,
  record: Fields,
  step: StepRecord,
  previous: string | undefined,
): void {
  world.emit('SageMaker Model Building Pipeline Execution Step Status Change', ids(record), {
    metadata: lowerKeys(step.Metadata ?? {}),
    stepStartTime: iso(Number(step.StartTime)),
    ...(step.EndTime !== undefined && { stepEndTime: iso(Number(step.EndTime)) }),
    stepName: step.StepName,
    stepType: step.type,
    previousStepStatus: previous ?? step.StepStatus,
    currentStepStatus: step.StepStatus,
    ...(step.FailureReason !== undefined && { failureReason: step.FailureReason }),
    pipelineArn: record.PipelineArn,
    pipelineExecutionArn: record.PipelineExecutionArn,
  });
}

const ids = (record: Fields) => [String(record.PipelineArn), String(record.PipelineExecutionArn)];

/** `{ProcessingJob: {Arn}}` as events write it, `{processingJob: {arn}}`. */
const lowerKeys = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key.charAt(0).toLowerCase() + key.slice(1),
          lowerKeys(inner),
        ]),
      )
    : value;
