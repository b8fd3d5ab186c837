/**
 * Words of the design that nothing here reads yet, by the last key of their path. They are refused by name, so that
 * nobody takes a typing error for a missing feature, or waits for what is not there.
 */
const PLANNED: Readonly<Record<string, readonly string[]>> = {
  kind: ['call-summarization', 'document-extraction'],
  auth: ['jwt', 'api_key'],
  release: ['linear', 'shadow'],
};

/** Whether `given` is planned for `key` and not built yet. */
export function isPlanned(key: string, given: string): boolean {
  return (PLANNED[key] ?? []).includes(given);
}
