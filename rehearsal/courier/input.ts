import type { Target } from '@aws-sdk/client-eventbridge';
import type { AwsEvent } from './event';
import { atPath } from './json-path';

/** The rule that an event matched. */
export interface MatchedRule {
  readonly name: string;
  readonly arn: string;
}

/**
 * What a target is given: the whole event, a constant, a part of the event, or a template filled from it.
 *
 * @throws Error when a filled template is not JSON; AWS fails such a delivery too
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function targetInput(
  target: Pick<Target, 'Input' | 'InputPath' | 'InputTransformer'>,
  event: AwsEvent,
  rule: MatchedRule,
): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(atPath(event, target.InputPath) ?? null);
  const { InputTransformer: transformer } = target;
  if (!transformer) return JSON.stringify(event);
  const values = variables(transformer.InputPathsMap ?? {}, event, rule);
  const text = fill(transformer.InputTemplate ?? '', values);
  try {
    JSON.parse(text);
  } catch {
    throw new Error(`the input transformer's result is not JSON: ${text}`);
  }
  return text;
}

function variables(
  paths: Readonly<Record<string, string>>,
  event: AwsEvent,
  rule: MatchedRule,
): Map<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(paths).map(([name, path]): [string, unknown] => [name, atPath(event, path)]),
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', event],
    ['aws.events.event.json', event],
  ]);
}

/**
 * Replaces each `<name>`: as JSON where a value may stand, as bare text inside quotes. A variable whose path the event
 * lacks leaves nothing behind.
 */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  let result = '';
  for (const [token] of template.matchAll(/\\.|"|<[\w.-]+>|[^\\"<]+|</gs)) {
    if (token === '"') quoted = !quoted;
    const name = /^<(.+)>$/.exec(token)?.[1];
    if (name === undefined || !values.has(name)) {
      result += token;
      continue;
    }
    result += quoted ? insideQuotes(values.get(name)) : (JSON.stringify(values.get(name)) ?? '');
  }
  return result;
}

/** A value as it stands inside a text: without quotes of its own, with what JSON must escape escaped. */
function insideQuotes(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}
