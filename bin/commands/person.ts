import { Refusal } from '../../operations/terminal/refusal';

/** Questions to whoever sits at this terminal. Loaded when there is something to ask. */
export async function personAt() {
  const { input, select } = await import('@inquirer/prompts');
  return {
    input: (
      message: string,
      suggestion: string | undefined,
      problem: (answer: string) => string | undefined,
    ): Promise<string> =>
      stoppable(() =>
        input({
          message,
          ...(suggestion !== undefined && { default: suggestion }),
          validate: (given) => problem(given) ?? true,
        }),
      ),
    choose: (message: string, choices: readonly string[], suggestion: string | undefined): Promise<string> =>
      stoppable(() =>
        select({
          message,
          choices: choices.map((value) => ({ value })),
          ...(suggestion !== undefined && { default: suggestion }),
        }),
      ),
  };
}

/** Ctrl-C ends the command with a line, not with a stack. */
async function stoppable<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError')
      throw new Refusal('stopped; nothing has changed');
    throw error;
  }
}
