import type { Buildspec, Phase } from './buildspec';

/** Where a script says how it went. */
export interface ScriptFiles {
  /** Gets a line `<phase> <exit code>` for each phase that failed. */
  readonly failures: string;
  /** Gets `name=value`, ended by a NUL, for each exported variable. */
  readonly exported: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The commands of a buildspec as one bash script. As in CodeBuild, they share one shell; a phase ends with its first
 * command that fails, and then only `post_build` still runs, and only after `build`.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 */
export function scriptOf(spec: Pick<Buildspec, 'phases' | 'exported'>, files: ScriptFiles): string {
  const phases = spec.phases.flatMap(({ name, commands }) => [
    `if rehearsal_enters ${name}; then`,
    ...commands.map((command) => `  rehearsal_runs ${name} ${quoted(command)}`),
    ...(commands.length === 0 ? ['  :'] : []),
    'fi',
  ]);
  return [
    'rehearsal_failed=',
    'export CODEBUILD_BUILD_SUCCEEDING=1',
    'rehearsal_enters() {',
    '  rehearsal_phase_failed=',
    `  [ -z "$rehearsal_failed" ] || [ "$1" = post_build -a "$rehearsal_failed" = build ]`,
    '}',
    'rehearsal_runs() {',
    '  [ -z "$rehearsal_phase_failed" ] || return 0',
    `  printf '[Container] Running command %s\\n' "$2"`,
    '  eval "$2"',
    '  rehearsal_code=$?',
    '  [ $rehearsal_code -eq 0 ] && return 0',
    `  printf '[Container] Command did not exit successfully %s exit status %s\\n' "$2" "$rehearsal_code"`,
    `  printf '%s %s %s\\n' "$1" "$rehearsal_code" "$2" >> ${quoted(files.failures)}`,
    '  rehearsal_phase_failed=1 rehearsal_failed="$1"',
    '  export CODEBUILD_BUILD_SUCCEEDING=0',
    '}',
    ...phases,
    ...spec.exported.map((name) => `printf '%s=%s\\0' ${name} "\${${name}-}" >> ${quoted(files.exported)}`),
    '[ -z "$rehearsal_failed" ]',
  ].join('\n');
}

/** The first command that failed, in words. */
export function failureIn(
  failures: string,
): { readonly phase: Phase; readonly sentence: string } | undefined {
  const [, phase, code, command] = /^(\w+) (\d+) (.*)/.exec(failures) ?? [];
  if (!phase) return undefined;
  return { phase: phase as Phase, sentence: `${command} ended with ${code} (phase ${phase})` };
}

/** The exported variables, as the script wrote them. */
export function exportedIn(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\0')
      .filter(Boolean)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}
