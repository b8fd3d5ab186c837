import { parse } from 'yaml';

/** The phases that CodeBuild runs commands of, in order. */
const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type Phase = (typeof PHASES)[number];

/** What a CodeBuild project does with its source. */
export interface Buildspec {
  readonly phases: ReadonlyArray<{ readonly name: Phase; readonly commands: readonly string[] }>;
  readonly variables: Readonly<Record<string, string>>;
  /** Names of the shell's variables that later actions may read. */
  readonly exported: readonly string[];
  /** Runtimes the image is asked for, `nodejs 22`; this machine's stand in. */
  readonly runtimes: readonly string[];
  /** What the output artifact holds. @default - there is none */
  readonly artifacts?: {
    /** Folder the patterns are about. @default '.' */
    readonly base: string;
    readonly files: readonly string[];
    readonly exclude: readonly string[];
  };
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a buildspec.
 *
 * @throws Error that names a key which is not played, rather than passing it over
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function readBuildspec(text: string): Buildspec {
  const spec = fields(parse(text));
  if (String(spec.version) !== '0.2')
    throw new Error(`a buildspec of version ${String(spec.version)} is not played; allowed: 0.2`);
  only(spec, ['version', 'env', 'phases', 'artifacts', 'cache'], 'the buildspec');
  const env = fields(spec.env);
  only(env, ['shell', 'variables', 'exported-variables'], 'env');
  if (env.shell !== undefined && env.shell !== 'bash')
    throw new Error(`the shell ${String(env.shell)} is not played; allowed: bash`);
  const phases = fields(spec.phases);
  only(phases, PHASES, 'phases');
  const install = fields(phases.install);
  return {
    phases: PHASES.filter((name) => name in phases).map((name) => {
      const phase = fields(phases[name]);
      only(phase, ['commands', ...(name === 'install' ? ['runtime-versions'] : [])], `phases.${name}`);
      return { name, commands: texts(phase.commands) };
    }),
    variables: Object.fromEntries(
      Object.entries(fields(env.variables)).map(([key, value]) => [key, String(value)]),
    ),
    exported: texts(env['exported-variables']),
    runtimes: Object.entries(fields(install['runtime-versions'])).map(
      ([name, version]) => `${name} ${String(version)}`,
    ),
    ...(spec.artifacts !== undefined && { artifacts: readArtifacts(fields(spec.artifacts)) }),
  };
}

function readArtifacts(artifacts: Fields): Buildspec['artifacts'] {
  only(artifacts, ['files', 'base-directory', 'exclude-paths', 'name', 'enable-symlinks'], 'artifacts');
  return {
    base: String(artifacts['base-directory'] ?? '.'),
    files: texts(artifacts.files),
    exclude: texts(artifacts['exclude-paths']),
  };
}

function only(given: Fields, known: readonly string[], where: string): void {
  const [other] = Object.keys(given).filter((key) => !known.includes(key));
  if (other === undefined) return;
  throw new Error(
    `${other} in ${where} is not played; allowed: ${known.join(', ')}; change it, or teach rehearsal/delivery to play it`,
  );
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {});
const texts = (value: unknown): string[] =>
  value === undefined ? [] : [value].flat().map((each) => String(each));
