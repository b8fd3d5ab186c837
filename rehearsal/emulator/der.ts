/** The few pieces of DER, the encoding of certificates, that one certificate needs. */

const encode = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
};

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits = Buffer.from(bytes.toString(16).padStart(bytes > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
}

export const sequence = (...parts: Buffer[]): Buffer => encode(0x30, ...parts);
export const set = (...parts: Buffer[]): Buffer => encode(0x31, ...parts);
export const text = (value: string): Buffer => encode(0x0c, Buffer.from(value));
export const bytes = (value: Buffer): Buffer => encode(0x04, value);
export const truth = Buffer.from([0x01, 0x01, 0xff]);
/** A bit string; `unused` bits of its last byte do not count. */
export const bits = (value: Buffer, unused = 0): Buffer => encode(0x03, Buffer.from([unused]), value);
/** A positive integer; a leading zero keeps the top bit from being read as a sign. */
export const integer = (value: Buffer): Buffer =>
  encode(0x02, (value[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value);
/** A field numbered by its context: `[0]`, `[3]`… */
export const explicit = (number: number, ...parts: Buffer[]): Buffer => encode(0xa0 | number, ...parts);
export const implicit = (number: number, value: Buffer): Buffer => encode(0x80 | number, value);

/** UTCTime, which is defined up to 2049. */
export const time = (date: Date): Buffer =>
  encode(
    0x17,
    Buffer.from(
      `${date
        .toISOString()
        .replace(/\.\d+|[-:T]/g, '')
        .slice(2)}`,
    ),
  );

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
