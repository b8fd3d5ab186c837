/** States of the release machine, in the Amazon States Language. */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, object>>;
}

/**
 * The machine that waits while the release function decides.
 *
 *     Intake → Next? → Wait → Turn → Next? → Released | Refused
 *
 * A refusal is data and a Choice, not an exception: the function has freed its lease and said why. Whatever it
 * throws is retried, since every turn looks at the world anew.
 *
 * @param functionArn ARN of the release function
 */
export function releaseStates(functionArn: string): StateMachineDefinition {
  const turn = (comment: string, first: boolean) => ({
    Type: 'Task',
    Comment: comment,
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: functionArn,
      Payload: { 'request.$': '$$.Execution.Input', 'holder.$': '$$.Execution.Id', first },
    },
    ResultSelector: {
      'next.$': '$.Payload.next',
      'seconds.$': '$.Payload.seconds',
      'message.$': '$.Payload.message',
    },
    TimeoutSeconds: TURN_SECONDS + 10,
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 5 }],
    Next: 'Next?',
  });
  return {
    Comment: 'Waits while the release function brings an approved model into service',
    StartAt: 'Intake',
    TimeoutSeconds: LONGEST_RELEASE_SECONDS,
    States: {
      Intake: turn('Records what is wanted, and takes the lease if it is free', true),
      'Next?': {
        Type: 'Choice',
        Choices: [
          { Variable: '$.next', StringEquals: 'wait', Next: 'Wait' },
          { Variable: '$.next', StringEquals: 'done', Next: 'Released' },
        ],
        Default: 'Refused',
      },
      Wait: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Turn' },
      Turn: turn('Looks at the endpoint and does the next thing', false),
      Released: { Type: 'Succeed' },
      Refused: { Type: 'Fail', Error: 'ReleaseRefused', CausePath: '$.message' },
    },
  };
}

/** Longest time that one turn may take. */
export const TURN_SECONDS = 60;

/** Longer than any update of an endpoint with its bake time; a run beyond it is stopped, and another takes over. */
const LONGEST_RELEASE_SECONDS = 6 * 3_600;
