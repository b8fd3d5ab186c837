import type { Colour, Paint } from '../terminal/paint';
import type { Terminal } from '../terminal/terminal';
import type { Finding, Level } from './finding';

/** What doctor answers. */
export interface Diagnosis {
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly Finding[];
}

/** Counts what was found. */
export function diagnosisOf(findings: readonly Finding[]): Diagnosis {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  return { errors: count('error'), warnings: count('warning'), findings };
}

const MARKS: Readonly<Record<Level, readonly [string, Colour]>> = {
  error: ['✗', 'red'],
  warning: ['!', 'yellow'],
  ok: ['✓', 'green'],
  skipped: ['–', 'dim'],
};

/** Findings by environment, each with its remedy below it on lines of their own, to copy; then a line that counts. */
export function show(diagnosis: Diagnosis, { paint }: Pick<Terminal, 'paint'>): string {
  const { findings } = diagnosis;
  const environments = [...new Set(findings.map(({ environment }) => environment))];
  const groups = environments.map((environment) =>
    [
      paint('bold', environment),
      ...findings
        .filter((finding) => finding.environment === environment)
        .map((finding) => shown(finding, paint)),
    ].join('\n'),
  );
  return [...groups, summary(diagnosis, paint)].join('\n\n');
}

function shown({ level, what, fix }: Finding, paint: Paint): string {
  const [mark, colour] = MARKS[level];
  const remedies = fix?.split('\n').map((line) => `      ${paint('cyan', line)}`) ?? [];
  return [`  ${paint(colour, mark)} ${what}`, ...remedies].join('\n');
}

function summary({ errors, warnings, findings }: Diagnosis, paint: Paint): string {
  const skips = findings.filter(({ level }) => level === 'skipped').length;
  const counted = [
    amount(errors, 'error'),
    amount(warnings, 'warning'),
    ...(skips > 0 ? [`${skips} not looked at`] : []),
  ].join(', ');
  return paint(errors > 0 ? 'red' : warnings > 0 ? 'yellow' : 'green', counted);
}

const amount = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
