import { styleText } from 'node:util';

/** Green is good, yellow waits for somebody, red is wrong; dim is what may be skipped. */
export type Colour = 'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold';

/** Colours a text, or gives it back as it is. */
export type Paint = (colour: Colour, text: string) => string;

/**
 * How to colour what goes to a stream: only on a terminal, and never where `NO_COLOR` is set to anything.
 *
 * @param env the process's environment
 * @see https://no-color.org
 */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  if (stream.isTTY !== true || env.NO_COLOR) return (_colour, text) => text;
  return (colour, text) => styleText(colour, text, { validateStream: false });
}
