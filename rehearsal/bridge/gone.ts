/** Lets a deletion pass when there was nothing left to delete, as CloudFormation does. Services say so in many ways. */
export function isGone(error: unknown): void {
  const text = error instanceof Error || isNamed(error) ? `${error.name} ${error.message}` : '';
  if (/NotFound|not found|does not exist|could not find/i.test(text)) return;
  throw error;
}

const isNamed = (error: unknown): error is { readonly name: string; readonly message: string } =>
  typeof error === 'object' && error !== null && 'name' in error && 'message' in error;
