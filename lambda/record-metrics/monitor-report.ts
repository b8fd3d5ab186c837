import { isObject } from '../http';
import type { MonitorReport } from './contract';

/** What is read of the report; the rest is for people. */
export type ReportedNumbers = Pick<MonitorReport, 'records' | 'judged_through' | 'sentence'> & {
  readonly drift: number | null;
  readonly quality: number | null;
};

/**
 * Reads `report.json`. The job runs the project's own code, so its report is input like any other.
 *
 * @throws naming what is wrong; a broken report must not become a metric that says all is well
 */
export function parseReport(text: string, where: string): ReportedNumbers {
  const report: unknown = JSON.parse(text);
  const broken = (what: string) =>
    new Error(`${where}: ${what}; see MonitorReport in lambda/record-metrics/contract.ts`);
  if (!isObject(report)) throw broken('is no object');
  const { records, judged_through, sentence, drift, quality } = report;
  if (typeof records !== 'number' || !Number.isFinite(records)) throw broken('records is no number');
  if (judged_through !== null && typeof judged_through !== 'string') {
    throw broken('judged_through is neither a key nor null');
  }
  const score = (name: string, part: unknown): number | null => {
    const value = isObject(part) ? part.score : undefined;
    if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
    throw broken(`${name}.score is neither a number nor null`);
  };
  return {
    records,
    judged_through,
    sentence: typeof sentence === 'string' ? sentence : '',
    drift: score('drift', drift),
    quality: score('quality', quality),
  };
}
