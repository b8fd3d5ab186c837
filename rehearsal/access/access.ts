import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Emulator } from '../emulator/emulator';
import { unmet } from './conditions';
import { decide, matches } from './decide';
import { identityOfKey, identityOfRole } from './identity';
import type { Context, Statement } from './policy';
import { boundaryStatements, roleStatements } from './role-policies';

/** May this role do this to that? */
export interface Question {
  /** ARN of the role. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request beyond those every request has. @default - none */
  readonly context?: Context;
}

/** A question that was answered with no. */
interface Denial extends Question {
  /** In IAM's words, and what is missing. */
  readonly message: string;
}

/** A caller as the local SageMaker tells it: `app/<application id>`, `role:<arn>` with or without `app/`, `key/<access key>`, or nobody known. */
interface CallerQuestion {
  readonly caller: string | undefined;
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
}

export interface Access {
  /** The denial's text, or undefined where the role is allowed. */
  check(question: Question): Promise<string | undefined>;
  /** The same for a call of a function or of a pipeline's role. Whoever is neither is a person: allowed. */
  authorize(question: CallerQuestion): Promise<string | undefined>;
  /** ARN of the identity behind a caller; undefined where nobody can tell, as for sessions of a role. */
  identify(caller: string | undefined): Promise<string | undefined>;
  /** Every denial so far, each once. */
  denials(): Denial[];
  /** Forgets every answer: policies were changed. What was denied stays. */
  forget(): void;
}

/** What SageMaker says of itself when it acts for a caller. */
const PASSED_ON: Readonly<Record<string, Context>> = {
  'iam:PassRole': { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
  'kms:CreateGrant': { 'kms:GrantIsForAWSResource': 'true' },
};

/**
 * Asks whether roles that the emulator does not enforce (SageMaker's, state machines', and functions' calls to the local
 * SageMaker) may do what they do.
 *
 * IAM's simulator decides. It leaves statements with a condition out, so those are read here, against what is known of
 * the request.
 */
export function accessOf(emulator: Pick<Emulator, 'client' | 'account' | 'region'>): Access {
  const iam = new IAMClient(emulator.client);
  const kms = new KMSClient(emulator.client);
  const lambda = new LambdaClient(emulator.client);
  const policies = new Map<string, Promise<Statement[]>>();
  const boundaries = new Map<string, Promise<Statement[] | undefined>>();
  const answers = new Map<string, Promise<string | undefined>>();
  const denied = new Map<string, Denial>();
  const roles = new Map<string, string>();

  const everyRequest: Context = {
    'aws:SecureTransport': 'true',
    'aws:RequestedRegion': emulator.region,
    'aws:PrincipalAccount': emulator.account,
    'aws:ResourceAccount': emulator.account,
    'aws:SourceAccount': emulator.account,
  };
  const policyOf = (role: string) => {
    const name = role.split('/').at(-1) ?? role;
    const known = policies.get(name) ?? roleStatements(iam, name);
    policies.set(name, known);
    return known;
  };

  const boundaryOf = (role: string) => {
    const name = role.split('/').at(-1) ?? role;
    const known = boundaries.get(name) ?? boundaryStatements(iam, name);
    boundaries.set(name, known);
    return known;
  };

  async function ask(question: Question): Promise<string | undefined> {
    const { role, action, resource } = question;
    const request = { action, resource, context: { ...everyRequest, ...question.context } };
    const refused = (whose: string, because: string) => {
      const message = `${role} is not authorized to perform: ${action} on resource: ${resource}, because of its ${whose} ${because}`;
      denied.set(JSON.stringify([role, action, resource]), { ...question, message });
      return message;
    };
    const boundary = await boundaryOf(role);
    const above = boundary && decide(boundary, request);
    if (above && !above.allowed) return refused('boundary', above.because);
    const policy = await policyOf(role);
    const conditional = policy.filter(({ Condition }) => Condition !== undefined);
    const forbidden = conditional.some(
      (statement) =>
        statement.Effect === 'Deny' &&
        matches(statement, request) &&
        !unmet(statement.Condition, request.context),
    );
    if (!forbidden && (await simulated(iam, question)) === 'allowed') return undefined;
    const { allowed, because } = decide(policy, request);
    if (allowed) return undefined;
    return refused('policies', because);
  }

  /** A request names a key by its ARN or an alias; a policy by its ARN, or by the condition kms:ResourceAliases. */
  async function keyed(question: Question): Promise<Question> {
    const [, kind, name] = /^arn:aws:kms:.*:(alias|key)\/(.+)$/.exec(question.resource) ?? [];
    if (!kind) return question;
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: question.resource }));
    const aliases = kind === 'alias' ? [`alias/${name}`] : await aliasesOf(kms, KeyMetadata?.KeyId);
    const context = { 'kms:ResourceAliases': aliases, ...question.context };
    return { ...question, resource: KeyMetadata?.Arn ?? question.resource, context };
  }

  const check = (question: Question): Promise<string | undefined> => {
    const key = JSON.stringify(question);
    const answer = answers.get(key) ?? keyed(question).then(ask);
    answers.set(key, answer);
    return answer;
  };
  const roleOf = async (caller: string): Promise<string | undefined> => {
    const id = caller.replace(/^app\//, '');
    if (id.startsWith('role:')) return id.slice('role:'.length);
    if (!roles.has(id)) await readFunctions(lambda, roles);
    return roles.get(id);
  };
  return {
    check,
    async authorize({ caller, action, resource, context }) {
      if (!caller || caller.startsWith('key/')) return undefined;
      const role = await roleOf(caller);
      // Never taken for the root user: a function whose calls name nobody would be allowed everything.
      if (!role)
        return `no function has the application id of the caller ${caller}: ${action} on ${resource} is denied`;
      return check({ role, action, resource, context: { ...PASSED_ON[action], ...context } });
    },
    async identify(caller) {
      if (!caller) return undefined;
      if (caller.startsWith('key/')) return identityOfKey(iam, caller.slice(4), emulator.account);
      return identityOfRole(await roleOf(caller), caller);
    },
    denials: () => [...denied.values()],
    forget() {
      policies.clear();
      boundaries.clear();
      answers.clear();
    },
  };
}

async function aliasesOf(kms: KMSClient, KeyId: string | undefined): Promise<string[]> {
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({ KeyId }));
  return Aliases.flatMap(({ AliasName }) => AliasName ?? []);
}

async function simulated(iam: IAMClient, { role, action, resource }: Question): Promise<string | undefined> {
  const { EvaluationResults: [result] = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role,
      ActionNames: [action],
      ResourceArns: [resource],
    }),
  );
  return result?.EvalDecision;
}

/** Application id → role, of every function there is; the adapter gave each function its id. */
async function readFunctions(client: LambdaClient, roles: Map<string, string>): Promise<void> {
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    for (const { Environment, Role } of Functions) {
      const id = Environment?.Variables?.AWS_SDK_UA_APP_ID;
      if (id && Role) roles.set(id, Role);
    }
  }
}
