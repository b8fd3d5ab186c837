import { CodePipelineClient, GetPipelineStateCommand, type StageState } from '@aws-sdk/client-codepipeline';
import { deliveryNamesOf } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import { type Access, accessTo } from '../aws/credentials';
import { isMissing } from '../doctor/denial';

/** What the delivery of a project says of its environments. */
export interface DeliveryState {
  /** Since when a person is asked to approve the stacks, by environment. */
  readonly waiting: ReadonlyMap<string, Date>;

  /** Stages of the pipeline that failed last. */
  readonly failed: readonly string[];
}

/**
 * Where a project's CodePipeline stands.
 *
 * @returns undefined where there is none yet
 */
export async function deliveryState(
  access: Access,
  platform: Platform,
  project: string,
): Promise<DeliveryState | undefined> {
  const names = deliveryNamesOf({ ...platform.delivery, project });
  const client = new CodePipelineClient(access.config);
  try {
    const { stageStates = [] } = await client.send(new GetPipelineStateCommand({ name: names.pipeline }));
    const waiting = Object.keys(platform.environments).flatMap((environment): Array<[string, Date]> => {
      const since = waitingSince(stageStates, names.approval(environment));
      return since ? [[environment, since]] : [];
    });
    const failed = stageStates
      .filter(({ latestExecution }) => latestExecution?.status === 'Failed')
      .map(({ stageName }) => stageName ?? '');
    return { waiting: new Map(waiting), failed };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Credentials of the delivery account. */
export const deliveryAccess = ({ delivery: { account, region } }: Platform): Promise<Access> =>
  accessTo({ name: 'delivery', account, region });

/** A manual approval is under way from when CodePipeline asks until somebody answers. */
function waitingSince(
  stages: readonly StageState[],
  { stage, action }: { readonly stage: string; readonly action: string },
): Date | undefined {
  const state = stages
    .find(({ stageName }) => stageName === stage)
    ?.actionStates?.find(({ actionName }) => actionName === action);
  return state?.latestExecution?.status === 'InProgress' ? state.latestExecution.lastStatusChange : undefined;
}
