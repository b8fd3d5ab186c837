import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { bits, bytes, explicit, implicit, integer, oid, sequence, set, text, time, truth } from './der';

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const ECDSA_SHA256 = oid('1.2.840.10045.4.3.2');
const DAY_MS = 86_400_000;

/**
 * Makes a self-signed TLS certificate for `127.0.0.1` and `localhost`, good for a week.
 *
 * Written here because a bare machine need not have the `openssl` program, and Node signs but writes no certificates.
 */
export function selfSigned(now = new Date()): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(oid('2.5.4.3'), text('mlops rehearsal'))));
  // An hour back, for clocks that were set meanwhile.
  const validity = sequence(
    time(new Date(now.getTime() - DAY_MS / 24)),
    time(new Date(now.getTime() + 7 * DAY_MS)),
  );
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    sequence(ECDSA_SHA256),
    name,
    validity,
    name,
    spki,
    explicit(3, sequence(...extensions(spki))),
  );
  const signature = sign('sha256', body, privateKey);
  return {
    certificate: pem('CERTIFICATE', sequence(body, sequence(ECDSA_SHA256), bits(signature))),
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function extensions(spki: Buffer): Buffer[] {
  // Not an authority: some clients refuse an authority's certificate as a server's own.
  const notAnAuthority = sequence();
  const digitalSignature = bits(Buffer.from([0x80]), 7);
  const server = sequence(oid('1.3.6.1.5.5.7.3.1'));
  const names = sequence(
    implicit(2, Buffer.from('localhost')),
    implicit(7, Buffer.from([127, 0, 0, 1])),
    implicit(7, Buffer.from([...Array(15).fill(0), 1])),
  );
  const keyId = createHash('sha1').update(spki).digest();
  return [
    extension('2.5.29.19', true, notAnAuthority),
    extension('2.5.29.15', true, digitalSignature),
    extension('2.5.29.37', false, server),
    extension('2.5.29.17', false, names),
    extension('2.5.29.14', false, bytes(keyId)),
  ];
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [truth] : []), bytes(value));

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
