import { blocksOf } from './yaml-text';

/**
 * A project.yaml that runs in every environment of the platform, and in no other.
 *
 * An environment that the file knows keeps its lines. Of the others, the first of the platform takes those of the file's
 * first, which runs on the sample, and each later one those of its last.
 *
 * @param environments names of platform.yaml, in the order of delivery
 */
export function followEnvironments(yaml: string, environments: readonly string[]): string {
  const { start, end, blocks } = blocksOf(yaml, ['environments']);
  const known = [...blocks.keys()];
  if (known.length === environments.length && known.every((name) => environments.includes(name))) return yaml;
  const lines = environments.map((name, index) => {
    const like = blocks.has(name) ? name : (known.at(index === 0 ? 0 : -1) ?? name);
    return (blocks.get(like) ?? '').replace(`${like}:`, `${name}:`);
  });
  return yaml.slice(0, start) + lines.join('') + yaml.slice(end);
}
