/** Whom a role's trust policy lets in. */
export interface Trust {
  /** Accounts, also those of roles and users that are named. */
  readonly accounts: readonly string[];
  /** Roles, users, sessions and services that are named, and the patterns that `aws:PrincipalArn` is held against. */
  readonly principals: readonly string[];
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** @param document a trust policy as IAM gives it, URL-encoded or not */
export function trustedBy(document: string | undefined): Trust {
  if (!document) return { accounts: [], principals: [] };
  const text = document.trimStart().startsWith('{') ? document : decodeURIComponent(document);
  const { Statement: stated = [] } = JSON.parse(text) as { Statement?: Statement | readonly Statement[] };
  const statements = ([] as Statement[]).concat(stated).filter(({ Effect }) => Effect === 'Allow');
  const named = statements.flatMap(({ Principal = {} }) =>
    typeof Principal === 'string' ? [Principal] : Object.values(Principal).flat(),
  );
  const patterns = statements.flatMap(({ Condition = {} }) =>
    Object.values(Condition).flatMap((keys) =>
      Object.entries(keys).flatMap(([key, value]) => (/^aws:PrincipalArn$/i.test(key) ? value : [])),
    ),
  );
  const principals = [...new Set([...named, ...patterns].flat())];
  const accounts = principals.flatMap(
    (principal) => /^(?:arn:[\w-]+:\w+::)?(\d{12})\b/.exec(principal)?.[1] ?? [],
  );
  return { accounts: [...new Set(accounts)], principals };
}
