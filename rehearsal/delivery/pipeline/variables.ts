/** Variables of one execution: namespace → name → value. */
export type Variables = ReadonlyMap<string, Readonly<Record<string, string>>>;

const REFERENCE = /#\{([\w-]+)\.([\w-]+)\}/g;

/**
 * Replaces each `#{namespace.name}`.
 *
 * @throws Error for a variable that no action before has set; CodePipeline fails the action as well
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 */
export function resolveVariables(text: string, variables: Variables): string {
  return text.replace(REFERENCE, (reference, namespace: string, name: string) => {
    const value = variables.get(namespace)?.[name];
    if (value !== undefined) return value;
    const known = [...variables].flatMap(([space, values]) =>
      Object.keys(values).map((key) => `${space}.${key}`),
    );
    throw new Error(`the variable ${reference} has no value; known are ${known.join(', ')}`);
  });
}
