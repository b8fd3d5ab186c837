import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../lib/config/load';
import { ConfigError } from '../../../lib/config/problems';
import type { Question, Values } from './questions';

/** What is wrong with an answer, by the option that gave it. */
export interface AnswerProblem {
  readonly option: string;
  readonly message: string;
}

/**
 * Holds a platform.yaml against the rules of the real one.
 *
 * @param yaml text of the file, as it would be written
 */
export function problemsOf(yaml: string, asked: readonly Question[]): AnswerProblem[] {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-init-'));
  try {
    writeFileSync(join(folder, 'platform.yaml'), yaml);
    loadConfig({ projects: folder, templates: folder });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ key, message }) => ({ option: optionOf(key, asked), message }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The question whose key is the nearest at or above the problem's. */
function optionOf(key: string, asked: readonly Question[]): string {
  const above = asked.filter((question) => `${key}.`.startsWith(`${question.key}.`));
  const nearest = above.sort((a, b) => b.key.length - a.key.length)[0];
  return nearest?.option ?? key;
}

/**
 * Every value there is, with fallbacks and, for what is still unknown, examples.
 *
 * @returns also the questions that had neither an answer nor a fallback
 */
export function complete(asked: readonly Question[], given: Values): { values: Values; missing: Question[] } {
  const values: Record<string, string | undefined> = { ...given };
  const missing: Question[] = [];
  for (const question of asked) {
    if (question.when && !question.when(values)) continue;
    if (values[question.option] !== undefined) continue;
    const fallback = question.fallback?.(values);
    if (fallback === undefined) missing.push(question);
    values[question.option] = fallback ?? question.example;
  }
  return { values, missing };
}
