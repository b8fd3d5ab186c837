import { type Stack, Tags } from 'aws-cdk-lib';

/** Puts tags on a stack and on every resource in it that takes tags. */
export function tagEverything(stack: Stack, tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    stack.tags.setTag(key, value);
    Tags.of(stack).add(key, value);
  }
}
