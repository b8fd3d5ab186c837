import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import type { Emulator } from '../../emulator/emulator';

/** Programs that stand in for those a build machine has, and the file in which they say what they did not do. */
export interface StandIns {
  /** To be found first on the PATH. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** What was not played so far, each line once. */
  notPlayed(): string[];
}

/** Takes this checkout's packages in place of a download; leaves out what a hurried person does not want to wait for. */
const NPM = `#!/bin/sh
if [ "$1" = ci ]; then
  [ -e package-lock.json ] || { echo 'npm ci needs a package-lock.json' >&2; exit 1; }
  ln -sfn "$REHEARSAL_NODE_MODULES" node_modules
  echo 'npm ci: the packages of this checkout stand in' | tee -a "$REHEARSAL_NOT_PLAYED"
  exit 0
fi
if [ -n "$REHEARSAL_QUICK" ] && [ "$1" = run ]; then
  for word; do
    [ "$word" = check ] || continue
    echo 'npm run check: left out by --quick' | tee -a "$REHEARSAL_NOT_PLAYED"
    exit 0
  done
fi
exec "$REHEARSAL_NPM" "$@"
`;

/** There is no Docker: builds and pushes are written down. */
const DOCKER = `#!/bin/sh
[ "$1" = login ] && cat > /dev/null
echo "docker $*" | tee -a "$REHEARSAL_NOT_PLAYED"
`;

/** Writes the stand-ins into a folder of this run. */
export function standInsIn(
  folder: string,
  options: { readonly nodeModules: string; readonly path: string; readonly quick: boolean },
): StandIns {
  const { nodeModules, path, quick } = options;
  const npm = path
    .split(delimiter)
    .map((each) => join(each, 'npm'))
    .find(existsSync);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'not-played');
  writeFileSync(file, '');
  for (const [name, text] of [
    ['npm', NPM],
    ['docker', DOCKER],
  ] as const)
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  return {
    folder,
    env: {
      REHEARSAL_NODE_MODULES: nodeModules,
      REHEARSAL_NOT_PLAYED: file,
      REHEARSAL_NPM: npm ?? 'npm',
      REHEARSAL_QUICK: quick ? '1' : '',
    },
    notPlayed: () => [...new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))],
  };
}

/** Image references that the commands pushed, or believed to. */
export function pushedImages(notPlayed: readonly string[]): string[] {
  return notPlayed
    .filter((line) => /^docker (push|.*--push)\b/.test(line))
    .flatMap((line) => line.split(' '))
    .filter((word) => /\.dkr\.ecr\.[^/]+\/.+:.+/.test(word));
}

/** Puts an empty image under each tag that was pushed, so that the next run finds it. */
export async function putImages(
  emulator: Pick<Emulator, 'client'>,
  references: readonly string[],
): Promise<void> {
  const ecr = new ECRClient(emulator.client);
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: `sha256:${'0'.repeat(64)}`,
      size: 2,
    },
    layers: [],
  });
  for (const reference of references) {
    const [, repositoryName, imageTag] = /^[^/]+\/(.+):([^:]+)$/.exec(reference) ?? [];
    await ecr
      .send(new PutImageCommand({ repositoryName, imageTag, imageManifest }))
      // A tag that cannot change is there already.
      .catch((error: Error) => {
        if (!/AlreadyExists/.test(error.name)) throw error;
      });
  }
}
