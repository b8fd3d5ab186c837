import type { AccountServices } from '../../account';
import type { Builds } from '../build/builds';
import type { CodePipeline } from '../pipeline/code-pipeline';
import { pipelineArn } from '../pipeline/events';
import type { ActionExecution, Execution } from '../pipeline/execution';

type Fields = Readonly<Record<string, unknown>>;

/** An error of one of the two APIs. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Who asks, as `access` takes it: `app/<id>`, `role:<arn>`, or undefined for the root user. */
export type ApiCaller = string | undefined;

/**
 * What functions and commands ask CodePipeline and CodeBuild. An operation that is not played is refused, never pretended.
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html
 */
export function deliveryApi(pipelines: CodePipeline, builds: Builds, services: AccountServices) {
  const { emulator, access } = services;
  const text = (input: Fields, key: string): string => {
    const value = input[key];
    if (typeof value === 'string') return value;
    throw new ApiError('ValidationException', `1 validation error detected: ${key} is required`);
  };
  const pipelineName = (input: Fields): string => String(input.pipelineName ?? input.name ?? '');

  const operations: Readonly<Record<string, (input: Fields, by: string) => object>> = {
    'CodePipeline_20150709.ListActionExecutions': (input) => {
      const filter = (input.filter ?? {}) as { pipelineExecutionId?: string };
      const all = pipelines
        .executions(text(input, 'pipelineName'))
        .filter(({ id }) => filter.pipelineExecutionId === undefined || id === filter.pipelineExecutionId)
        .flatMap((execution) => execution.actions.map((done) => actionDetail(execution, done)));
      return { actionExecutionDetails: all.reverse() };
    },
    'CodePipeline_20150709.ListPipelineExecutions': (input) => ({
      pipelineExecutionSummaries: [...pipelines.executions(text(input, 'pipelineName'))]
        .reverse()
        .map(summaryOf),
    }),
    'CodePipeline_20150709.GetPipelineExecution': (input) => {
      const name = text(input, 'pipelineName');
      const found = pipelines.executions(name).find(({ id }) => id === input.pipelineExecutionId);
      if (!found)
        throw new ApiError(
          'PipelineExecutionNotFoundException',
          `there is no run ${String(input.pipelineExecutionId)}`,
        );
      return {
        pipelineExecution: {
          pipelineName: name,
          pipelineVersion: found.definition.version,
          pipelineExecutionId: found.id,
          status: found.status,
          artifactRevisions: revisionsOf(found),
        },
      };
    },
    'CodePipeline_20150709.GetPipelineState': (input) => {
      const name = text(input, 'name');
      const run = pipelines.executions(name).at(-1);
      return {
        pipelineName: name,
        pipelineVersion: pipelines.pipeline(name).version,
        stageStates: pipelines
          .pipeline(name)
          .stages.map((stage) => stageState(stage.name, pipelines.executions(name), run)),
      };
    },
    'CodePipeline_20150709.PutApprovalResult': (input, by) => {
      const result = (input.result ?? {}) as { status?: string; summary?: string };
      pipelines.approvals.answer(text(input, 'token'), {
        approved: result.status === 'Approved',
        summary: result.summary ?? '',
        by,
      });
      return { approvedAt: Date.now() / 1000 };
    },
    'CodeBuild_20161006.BatchGetBuilds': (input) => {
      const ids = Array.isArray(input.ids) ? input.ids.map(String) : [];
      const found = ids.flatMap((id) => builds.get(id) ?? []);
      return {
        builds: found.map((build) => ({
          id: build.id,
          arn: build.arn,
          projectName: build.projectName,
          startTime: build.started.getTime() / 1000,
          buildStatus: build.status,
          buildComplete: build.status !== 'IN_PROGRESS',
          logs: {
            groupName: build.logGroup,
            streamName: build.logStream,
            deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${emulator.region}#logEvent:group=${build.logGroup};stream=${build.logStream}`,
          },
        })),
        buildsNotFound: ids.filter((id) => !builds.get(id)),
      };
    },
  };

  const resourcesOf = (service: string, input: Fields): string[] => {
    if (service === 'codepipeline') return [pipelineArn(emulator, pipelineName(input))];
    const ids = Array.isArray(input.ids) ? input.ids.map(String) : [];
    const { account, region } = emulator;
    return ids.map((id) => `arn:aws:codebuild:${region}:${account}:project/${id.split(':')[0]}`);
  };

  /** @throws ApiError as the service would answer */
  return async (target: string, input: Fields, caller: ApiCaller, by: string): Promise<object> => {
    const operation = operations[target];
    const [service = '', name = ''] = target.split('.');
    if (!operation)
      throw new ApiError(
        'UnknownOperationException',
        `${name} is not rehearsed: no answer to ${target} is known here`,
      );
    const prefix = service.startsWith('CodeBuild') ? 'codebuild' : 'codepipeline';
    for (const resource of resourcesOf(prefix, input)) {
      const denial = await access.authorize({ caller, action: `${prefix}:${name}`, resource });
      if (denial) throw new ApiError('AccessDeniedException', denial);
    }
    try {
      if (prefix === 'codepipeline' && pipelineName(input)) pipelines.pipeline(pipelineName(input));
      return operation(input, by);
    } catch (error) {
      const [, code, message] =
        /^(\w+Exception): (.*)$/s.exec(error instanceof Error ? error.message : '') ?? [];
      throw code ? new ApiError(code, message ?? '') : error;
    }
  };
}

const seconds = (date: Date): number => date.getTime() / 1000;

const revisionsOf = ({ revision }: Execution) => [
  { name: 'Source', revisionId: revision.commit, revisionSummary: revision.message },
];

const summaryOf = (execution: Execution) => ({
  pipelineExecutionId: execution.id,
  status: execution.status,
  startTime: seconds(execution.started),
  lastUpdateTime: seconds(execution.actions.at(-1)?.updated ?? execution.started),
  sourceRevisions: [
    {
      actionName: 'Source',
      revisionId: execution.revision.commit,
      revisionSummary: execution.revision.message,
    },
  ],
  executionMode: 'QUEUED',
  executionType: 'STANDARD',
});

function actionDetail(execution: Execution, done: ActionExecution) {
  const { action, status, external, summary } = done;
  return {
    pipelineExecutionId: execution.id,
    actionExecutionId: done.id,
    pipelineVersion: execution.definition.version,
    stageName: done.stage,
    actionName: action.name,
    startTime: seconds(done.started),
    lastUpdateTime: seconds(done.updated),
    status,
    // Who or what ended it: a build, or a person's ARN.
    updatedBy: action.provider === 'Manual' ? external : undefined,
    input: {
      actionTypeId: { category: action.category, owner: 'AWS', provider: action.provider, version: '1' },
      configuration: action.configuration,
      namespace: action.namespace,
    },
    output: {
      executionResult: {
        externalExecutionId: external,
        externalExecutionSummary: summary,
        ...(status === 'Failed' && { errorDetails: { code: 'JobFailed', message: summary } }),
      },
      outputVariables: action.namespace ? execution.variables.get(action.namespace) : undefined,
    },
  };
}

/** A stage as the last run that reached it left it. */
function stageState(stageName: string, executions: readonly Execution[], latest: Execution | undefined) {
  const run = executions.findLast(({ actions }) => actions.some(({ stage }) => stage === stageName));
  if (!run) return { stageName, actionStates: [] };
  const actions = run.actions.filter(({ stage }) => stage === stageName);
  const open = actions.some(({ status }) => status === 'InProgress');
  const failed = run === latest && run.status === 'Failed' && actions.at(-1)?.status === 'Failed';
  return {
    stageName,
    latestExecution: {
      pipelineExecutionId: run.id,
      status: open ? 'InProgress' : failed ? 'Failed' : 'Succeeded',
    },
    actionStates: actions.map(({ id, action, status, updated, summary, token, asked }) => ({
      actionName: action.name,
      latestExecution: {
        actionExecutionId: id,
        status,
        lastStatusChange: seconds(updated),
        summary: summary ?? asked,
        token,
      },
    })),
  };
}
