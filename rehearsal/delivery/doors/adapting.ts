import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AccountServices } from '../../account';
import { adaptTemplate } from '../../adapter/adapt-template';
import type { Change, Template } from '../../adapter/template';

/** Adapts templates on their way to CloudFormation, and shows them as they were on their way back. */
export interface Adapting {
  /** Rewrites the template that a request points at. @throws Error for a template it cannot rewrite */
  request(form: URLSearchParams): Promise<void>;
  /** The reply with the template as it was given. */
  reply(text: string): string;
  /** Every change so far; a template that was deployed again counts once. */
  changes(): readonly Change[];
  /** Stacks that were handed to CloudFormation since this was asked last. */
  handed(): readonly Handed[];
}

/** A stack on its way into an account. */
interface Handed {
  readonly services: AccountServices;
  readonly stack: string;
  readonly template: Template;
}

/**
 * Whatever command deploys, by whatever assembly: the template that arrives is one that the emulator can create. It lies
 * in the assets bucket of its account, is rewritten there, and CloudFormation is none the wiser. `GetTemplate` answers
 * what was synthesized, so that differences are true.
 */
export function adapting(accounts: ReadonlyMap<string, AccountServices>): Adapting {
  const originals = new Map<string, string>();
  const changes = new Map<string, readonly Change[]>();
  const handed: Handed[] = [];
  return {
    async request(form) {
      const url = form.get('TemplateURL');
      if (form.has('TemplateBody')) {
        throw new Error(
          'a template in the request itself cannot be adapted; deploy with the CDK CLI, which publishes it first',
        );
      }
      if (!url) return;
      const [, bucket = '', key = ''] = /^https:\/\/[^/]+\/([^/]+)\/(.+)$/.exec(url) ?? [];
      const [, account, region] = /-(\d{12})-([a-z0-9-]+)$/.exec(bucket) ?? [];
      const services = accounts.get(`${account}/${region}`);
      if (!services) throw new Error(`the template ${url} lies in no account of this rehearsal`);
      const s3 = new S3Client({ ...services.emulator.client, forcePathStyle: true });
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const given = (await Body?.transformToString()) ?? '';
      const stack = form.get('StackName')?.replace(/^arn:[^/]*\/([^/]+)\/.*$/, '$1') ?? '';
      handed.push({ services, stack, template: JSON.parse(given) });
      if (originals.has(hashOf(given))) return;
      const adapted = adaptTemplate(stack, JSON.parse(given), {
        types: services.emulator.types,
        serviceToken: services.bridge.serviceToken,
      });
      const text = JSON.stringify(adapted.template, undefined, 1);
      originals.set(hashOf(text), given);
      changes.set(stack, adapted.changes);
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
    },
    reply(text) {
      return text.replace(/(<TemplateBody>)([^<]*)(<\/TemplateBody>)/, (whole, open, body: string, close) => {
        const original = originals.get(hashOf(unescaped(body)));
        return original === undefined ? whole : `${open}${escaped(original)}${close}`;
      });
    },
    changes: () => [...changes.values()].flat(),
    handed: () => handed.splice(0),
  };
}

/** By what it says, however it is laid out. */
const hashOf = (template: string): string => {
  try {
    return createHash('sha256')
      .update(JSON.stringify(JSON.parse(template)))
      .digest('hex');
  } catch {
    return '';
  }
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};
const unescaped = (xml: string): string =>
  xml
    .replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, code) =>
      String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10)),
    );
/** Text as it stands in XML. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
