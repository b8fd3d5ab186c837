import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../../pipelines/images';

/**
 * The Python environment that stands in for each image on this machine. One image serves both where training and serving
 * share an environment; projects with the same lock share one environment.
 */
export function standInsFor(images: readonly Image[]) {
  return [...new Map(images.map((image) => [image.uri, image])).values()].map(({ uri, environment }) => {
    const lock = join(environment.folder, 'requirements.lock');
    return { uri, name: `${environment.name}-${hashOf(lock)}`, lock, python: environment.python };
  });
}

const hashOf = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8);
