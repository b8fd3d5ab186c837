import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type AdapterSettings, adaptTemplate } from './adapt-template';
import { type Artifact, ASSETS, type AssetManifest, type FileAsset, type Manifest, STACK } from './assembly';
import type { Change, Template } from './template';

export interface AdaptRequest extends AdapterSettings {
  /** The synthesized assembly, which stays as it is: `cdk.out`. */
  readonly assembly: string;
  /** Folder for the adapted copy; emptied first. */
  readonly output: string;
  /** Names of the stacks to keep, those of one environment. */
  readonly stacks: readonly string[];
}

export interface Adapted {
  /** For `cdk deploy --app`. */
  readonly assembly: string;
  readonly stacks: readonly string[];
  readonly changes: readonly Change[];
}

/**
 * Writes a copy of an assembly that the emulator can deploy.
 *
 * Assets are used where they are. The validation report is left out: it judges the templates as synthesized, where the
 * gates read it, and the CDK CLI would hold it against the adapted ones.
 *
 * @throws Error when a stack is not in the assembly
 */
export function adapt(request: AdaptRequest): Adapted {
  const source = resolve(request.assembly);
  const output = resolve(request.output);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const manifest: Manifest = readJson(join(source, 'manifest.json'));
  const kept = keptArtifacts(manifest, request.stacks);
  const changes: Change[] = [];
  const artifacts: Record<string, Artifact> = {};
  for (const [id, artifact] of kept) {
    artifacts[id] = { ...artifact, dependencies: artifact.dependencies?.filter((other) => kept.has(other)) };
    const metadata = artifact.additionalMetadataFile;
    if (metadata) copyFileSync(join(source, metadata), join(output, metadata));
  }
  const hashes = new Map<string, string>();
  for (const stack of request.stacks) {
    const artifact = artifacts[stack];
    const file = String(artifact?.properties?.templateFile);
    const original = readFileSync(join(source, file), 'utf8');
    const adapted = adaptTemplate(stack, parse(original), request);
    changes.push(...adapted.changes);
    const text = adapted.changes.length > 0 ? JSON.stringify(adapted.template, undefined, 1) : original;
    writeFileSync(join(output, file), text);
    hashes.set(file, createHash('sha256').update(text).digest('hex'));
  }
  for (const [id, artifact] of kept) {
    if (artifact.type === ASSETS) writeAssets(source, output, artifact, hashes);
    if (artifact.type === STACK) artifacts[id] = pointedAtTemplate(artifacts[id] ?? artifact, hashes);
  }
  writeJson(join(output, 'manifest.json'), { ...manifest, artifacts });
  writeJson(join(output, 'cdk.out'), { version: manifest.version });
  return { assembly: output, stacks: request.stacks, changes };
}

/** The wanted stacks and the lists of what they publish. */
function keptArtifacts(manifest: Manifest, stacks: readonly string[]): Map<string, Artifact> {
  const kept = new Map<string, Artifact>();
  for (const stack of stacks) {
    const artifact = manifest.artifacts[stack];
    if (artifact?.type !== STACK) {
      const known = Object.entries(manifest.artifacts).filter(([, { type }]) => type === STACK);
      throw new Error(
        `stack ${stack} is not in the assembly; it has ${known.map(([id]) => id).join(', ')}: synthesize it first`,
      );
    }
    kept.set(stack, artifact);
    for (const id of artifact.dependencies ?? []) {
      const other = manifest.artifacts[id];
      if (other?.type === ASSETS) kept.set(id, other);
    }
  }
  return kept;
}

/** Copies a list of assets: files stay in the original assembly, adapted templates get the hash of their new text. */
function writeAssets(
  source: string,
  output: string,
  artifact: Artifact,
  hashes: ReadonlyMap<string, string>,
): void {
  const name = String(artifact.properties?.file);
  const assets: AssetManifest = readJson(join(source, name));
  const files = Object.entries(assets.files ?? {}).map(([id, asset]): [string, FileAsset] => {
    const hash = hashes.get(asset.source.path ?? '');
    if (hash) return [hash, { ...asset, destinations: renamed(asset, id, hash) }];
    if (!asset.source.path) return [id, asset];
    const path = relative(output, join(source, asset.source.path));
    return [id, { ...asset, source: { ...asset.source, path } }];
  });
  writeJson(join(output, name), { ...assets, files: Object.fromEntries(files) });
}

const renamed = (asset: FileAsset, id: string, hash: string): FileAsset['destinations'] =>
  Object.fromEntries(
    Object.entries(asset.destinations).map(([key, destination]) => [
      key,
      { ...destination, objectKey: destination.objectKey.replace(id, hash) },
    ]),
  );

/** The URL CloudFormation reads the template from carries its hash. */
function pointedAtTemplate(artifact: Artifact, hashes: ReadonlyMap<string, string>): Artifact {
  const hash = hashes.get(String(artifact.properties?.templateFile));
  const url = artifact.properties?.stackTemplateAssetObjectUrl;
  if (!hash || typeof url !== 'string') return artifact;
  const stackTemplateAssetObjectUrl = url.replace(/[0-9a-f]{64}(?=\.json$)/, hash);
  return { ...artifact, properties: { ...artifact.properties, stackTemplateAssetObjectUrl } };
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8'));
const parse = (text: string): Template => JSON.parse(text);
const writeJson = (file: string, value: unknown): void =>
  writeFileSync(file, JSON.stringify(value, undefined, 1));
