import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  paginateListSchedules,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import type { Access } from './access/access';
import type { Emulator } from './emulator/emulator';

/** The deployed schedules, played when the rehearsal says so: no hour passes here. */
export interface Schedules {
  /**
   * Does what the schedule of a function would do at its time: asks whether its role may, and calls the function with the
   * schedule's own input.
   *
   * @throws Error when there is not exactly one schedule of the function, its role may not call it, or the function fails
   */
  fire<Result>(functionName: string): Promise<Result>;
  /** What the schedules' roles may not do. */
  denials(): Promise<string[]>;
}

export function schedulesOf(
  emulator: Pick<Emulator, 'client'>,
  access: Access,
  lambda: LambdaClient,
): Schedules {
  const client = new SchedulerClient(emulator.client);

  async function all(): Promise<GetScheduleCommandOutput[]> {
    const found: GetScheduleCommandOutput[] = [];
    for await (const { Schedules = [] } of paginateListSchedules({ client }, {})) {
      for (const { Name, GroupName } of Schedules)
        found.push(await client.send(new GetScheduleCommand({ Name, GroupName })));
    }
    return found;
  }

  const denial = ({ Target }: GetScheduleCommandOutput) =>
    access.check({
      role: Target?.RoleArn ?? '',
      action: 'lambda:InvokeFunction',
      resource: Target?.Arn ?? '',
    });

  return {
    async fire<Result>(functionName: string) {
      const schedules = (await all()).filter(({ Target }) =>
        Target?.Arn?.endsWith(`:function:${functionName}`),
      );
      const [schedule] = schedules;
      if (!schedule || schedules.length > 1) {
        throw new Error(
          `${functionName} has ${schedules.length} schedules; the rehearsal plays a function with one`,
        );
      }
      const refused = await denial(schedule);
      if (refused) throw new Error(refused);
      // What EventBridge Scheduler writes in place of its keyword; the emulator leaves it as it is.
      const now = `${new Date().toISOString().slice(0, 19)}Z`;
      const input = (schedule.Target?.Input ?? '{}').replaceAll('<aws.scheduler.scheduled-time>', now);
      return call<Result>(lambda, functionName, input);
    },
    async denials() {
      const answers = await Promise.all((await all()).map(denial));
      return answers.filter((answer) => answer !== undefined);
    },
  };
}

/** Calls a function and waits for its result; an error in it is thrown with its own message. */
export async function call<Result>(lambda: LambdaClient, name: string, payload: string): Promise<Result> {
  const reply = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: payload }));
  const result = JSON.parse(Buffer.from(reply.Payload ?? []).toString() || 'null');
  if (reply.FunctionError) throw new Error(`${name}: ${result?.errorMessage ?? reply.FunctionError}`);
  return result as Result;
}
