/**
 * Everything a listing has, page after page.
 *
 * @param ask asks for a page: the first without a token
 */
export async function everyPage<T>(
  ask: (
    token: string | undefined,
  ) => Promise<{ readonly items: readonly T[] | undefined; readonly next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await ask(token);
    all.push(...(items ?? []));
    token = next;
  } while (token);
  return all;
}

/** Asks about many things, a few at a time, so that no service throttles; answers in the order of the questions. */
export async function aFewAtATime<T, R>(
  things: readonly T[],
  ask: (thing: T) => Promise<R>,
  atOnce = 6,
): Promise<R[]> {
  const answers: R[] = [];
  for (let start = 0; start < things.length; start += atOnce) {
    answers.push(...(await Promise.all(things.slice(start, start + atOnce).map(ask))));
  }
  return answers;
}

/** In groups of ten, the most that some services take at once. */
export function everyTen<T>(things: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(things.length / 10) }, (_, group) =>
    things.slice(group * 10, group * 10 + 10),
  );
}
