import picomatch from 'picomatch';

/** One package of a lock: its lines, and what wants it. */
interface Entry {
  readonly name: string;
  readonly lines: readonly string[];
  /** Names of packages, or a file of requirements. */
  readonly via: readonly string[];
}

/**
 * A lock without what a base image brings: the packages that match a pattern, and those that only they want.
 *
 * @param lock as `uv pip compile --generate-hashes` writes it, with its comments of what wants each package
 * @param provides patterns of names, such as `torch` or `nvidia-*`
 */
export function withoutProvided(lock: string, provides: readonly string[]): string {
  const lines = lock.split('\n');
  const first = lines.findIndex((line) => /^[A-Za-z0-9]/.test(line));
  const header = lines.slice(0, Math.max(first, 0));
  const entries = entriesOf(lines.slice(Math.max(first, 0)));
  const isProvided = picomatch([...provides]);
  const gone = new Set(entries.filter(({ name }) => isProvided(name)).map(({ name }) => name));
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    for (const { name, via } of entries) {
      if (via.length > 0 && via.every((wants) => gone.has(wants))) gone.add(name);
    }
  }
  const kept = entries.filter(({ name }) => !gone.has(name));
  const note = `# Without what the base image brings: ${provides.join(', ')}.`;
  return `${[...header, note, ...kept.flatMap((entry) => entry.lines)].join('\n').trimEnd()}\n`;
}

function entriesOf(lines: readonly string[]): Entry[] {
  const entries: Array<{ name: string; lines: string[]; via: string[] }> = [];
  for (const line of lines) {
    const name = /^([A-Za-z0-9][\w.-]*)\s*==/.exec(line)?.[1];
    if (name) entries.push({ name: name.toLowerCase(), lines: [line], via: [] });
    const entry = entries.at(-1);
    if (!entry) continue;
    if (!name) entry.lines.push(line);
    const wants = /^\s*#\s+(?:via\s+)?(\S.*)$/.exec(line)?.[1];
    if (wants && wants !== 'via') entry.via.push(wants.replace(/\[.*\]$/, '').toLowerCase());
  }
  return entries;
}
