/**
 * IAM's own words about a call it denied: who, which action, on what. They are what mends it, and never quote a request.
 *
 * @returns undefined for every other error, whose message may quote what a caller sent
 */
export function denialIn(error: unknown): string | undefined {
  return error instanceof Error && error.name.includes('AccessDenied') ? error.message : undefined;
}
