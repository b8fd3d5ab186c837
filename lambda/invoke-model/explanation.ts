import { isObject } from '../http';
import type { Explanation } from './contract';

/**
 * Reads an explanation as the container gave it, and nothing of it that callers were not promised.
 *
 * @returns undefined where it is none: an answer is not worth less for it
 */
export function parseExplanation(given: unknown, targets: readonly string[]): Explanation | undefined {
  if (!isObject(given) || !isObject(given.targets) || !Array.isArray(given.removed)) return undefined;
  const explained = given.targets;
  const byTarget = targets.map((target) => [target, targetOf(explained[target])] as const);
  const removed = given.removed.map(removalOf);
  const isWhole = byTarget.every(([, target]) => target !== undefined) && !removed.includes(undefined);
  if (!isWhole) return undefined;
  return {
    // Every one of both was found to be there just before.
    targets: Object.fromEntries(byTarget) as Explanation['targets'],
    removed: removed as Explanation['removed'],
    complete: given.complete === true,
  };
}

function targetOf(target: unknown): Explanation['targets'][string] | undefined {
  if (!isObject(target) || typeof target.value !== 'string' || !Array.isArray(target.pieces))
    return undefined;
  const pieces = target.pieces.map((piece: unknown) =>
    isObject(piece) && typeof piece.text === 'string' && typeof piece.weight === 'number'
      ? { text: piece.text, weight: piece.weight }
      : undefined,
  );
  return pieces.includes(undefined)
    ? undefined
    : { value: target.value, pieces: pieces as Explanation['targets'][string]['pieces'] };
}

function removalOf(removal: unknown): Explanation['removed'][number] | undefined {
  if (!isObject(removal)) return undefined;
  const { field, rule, characters, text } = removal;
  return typeof field === 'string' &&
    typeof rule === 'string' &&
    typeof characters === 'number' &&
    typeof text === 'string'
    ? { field, rule, characters, text }
    : undefined;
}
