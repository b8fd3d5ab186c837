import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Access, Question } from './access';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Arguments?: Readonly<Record<string, unknown>>;
  readonly Branches?: readonly States[];
  readonly ItemProcessor?: States;
}
interface States {
  readonly States: Readonly<Record<string, State>>;
}

/** What the tasks of a state machine need from its role. */
export interface TaskQuestion extends Question {
  readonly state: string;
}

/**
 * What a state machine's role must be allowed, read from the definition's tasks.
 *
 * @throws Error for a task of a kind that is not read here, rather than passing it unread
 */
export function taskQuestions(definition: string, role: string): TaskQuestion[] {
  const machine: States = JSON.parse(definition);
  return tasks(machine).map(([state, task]) => ({ state, role, ...needed(state, task) }));
}

/** Asks for every task of a state machine whether its role may do it. @returns the denials' texts */
export async function checkStateMachine(
  access: Access,
  client: SFNClient,
  stateMachineArn: string,
): Promise<string[]> {
  const { definition = '', roleArn = '' } = await client.send(
    new DescribeStateMachineCommand({ stateMachineArn }),
  );
  const answers = await Promise.all(
    taskQuestions(definition, roleArn).map(async ({ state, ...question }) => {
      const denial = await access.check(question);
      return denial && `state ${state}: ${denial}`;
    }),
  );
  return answers.filter((answer) => answer !== undefined);
}

function tasks(machine: States): Array<[name: string, task: State]> {
  return Object.entries(machine.States).flatMap(([name, state]): Array<[string, State]> => {
    if (state.Type === 'Task') return [[name, state]];
    return [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])].flatMap(tasks);
  });
}

/** Integrations by what they ask of IAM, and the argument that names the resource. */
const INTEGRATIONS: Readonly<Record<string, readonly [action: string, argument: string]>> = {
  'lambda:invoke': ['lambda:InvokeFunction', 'FunctionName'],
  'sns:publish': ['sns:Publish', 'TopicArn'],
  'states:startExecution': ['states:StartExecution', 'StateMachineArn'],
};

function needed(name: string, task: State): { action: string; resource: string } {
  const resource = task.Resource ?? '';
  if (resource.startsWith('arn:aws:lambda:')) return { action: 'lambda:InvokeFunction', resource };
  const integration = /^arn:aws:states:::([^.]+)/.exec(resource)?.[1] ?? '';
  const [action, argument] = INTEGRATIONS[integration] ?? [];
  const named = argument && (task.Arguments ?? task.Parameters)?.[argument];
  if (!action || typeof named !== 'string' || named.startsWith('{%')) {
    throw new Error(
      `state ${name}: what ${resource} needs from the role is not read here; add it to rehearsal/access/state-machine.ts`,
    );
  }
  return { action, resource: named };
}
