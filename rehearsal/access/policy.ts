/** One statement of an IAM policy; a resource-based one also has a principal. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Conditions;
}

/** Operator → key → value or values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, Value | readonly Value[]>>>>;
type Value = string | number | boolean;

/** What is known about a request: condition key → value or values. A key that is absent is not in the request. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** The statements of a policy document, given as text (percent-encoded, as IAM answers, or plain) or as an object. */
export function statements(document: string | object | undefined): Statement[] {
  if (document === undefined) return [];
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const parsed: { Statement?: Statement | Statement[] } = JSON.parse(
    text.startsWith('%') ? decodeURIComponent(text) : text,
  );
  return list(parsed.Statement);
}

/** Policies write one value where they could write a list. */
export function list<T>(value: T | readonly T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? [...value] : [value as T];
}
