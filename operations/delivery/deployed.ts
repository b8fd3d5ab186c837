import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import type { Assembly, StackTemplate, Template } from '../assembly/assembly';

/** The templates of stacks as they are deployed; a stack that is not is left out. */
export async function deployedStacks(
  cloudformation: Pick<CloudFormationClient, 'send'>,
  wanted: readonly StackTemplate[],
): Promise<Assembly> {
  const found = await Promise.all(
    wanted.map(async (stack) => {
      const template = await templateOf(cloudformation, stack.name);
      return template ? [{ ...stack, template }] : [];
    }),
  );
  return { stacks: found.flat() };
}

async function templateOf(
  cloudformation: Pick<CloudFormationClient, 'send'>,
  StackName: string,
): Promise<Template | undefined> {
  try {
    const { TemplateBody } = await cloudformation.send(new GetTemplateCommand({ StackName }));
    return JSON.parse(TemplateBody ?? '{}') as Template;
  } catch (error) {
    // CloudFormation's only word for a stack that is not there.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}
