import { UNKNOWN_AUTHOR } from '../start-training/contract';

/**
 * Whether the identity that approved is the author of the change.
 *
 * An identity centre or a company's own sign-on names sessions after people, mostly by e-mail address, sometimes by the
 * part before the @; a user of IAM has a name of its own. Anything else, such as the session of a pipeline, is nobody
 * that could be compared.
 *
 * @param identity `arn:aws:sts::<account>:assumed-role/<role>/<session>` or `arn:aws:iam::<account>:user/<name>`
 * @param author e-mail address, as the commit says
 */
export function isAuthor(identity: string | undefined, author: string | undefined): boolean {
  if (author === UNKNOWN_AUTHOR) return false;
  const name = nameIn(identity)?.toLowerCase();
  const address = author?.toLowerCase();
  if (!name || !address) return false;
  return name === address || name === address.split('@')[0];
}

/** The name of a person in the ARN of a session or a user. */
export function nameIn(identity: string | undefined): string | undefined {
  return /^arn:[^:]+:(?:sts::\d*:assumed-role|iam::\d*:user)\/(?:.*\/)?([^/]+)$/.exec(identity ?? '')?.[1];
}
