import { Refusal } from '../../operations/terminal/refusal';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Lets only endpoints on this machine pass, so that a rehearsal can never touch a real account.
 *
 * @throws Refusal for any other host
 */
export function requireLoopback(endpoint: string, purpose: string): string {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  if (LOOPBACK.has(host)) return endpoint;
  throw new Refusal(
    `${purpose} points at ${endpoint}, which is not this machine; a rehearsal talks to 127.0.0.1 only: correct the endpoint`,
  );
}
