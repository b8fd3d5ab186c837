/** The parts of a cloud assembly's manifest that the adapter reads. */
export interface Manifest {
  readonly version: string;
  readonly artifacts: Readonly<Record<string, Artifact>>;
  readonly [key: string]: unknown;
}

export interface Artifact {
  readonly type: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly additionalMetadataFile?: string;
  readonly [key: string]: unknown;
}

/** A stack's list of files to publish before it is deployed. */
export interface AssetManifest {
  readonly version: string;
  readonly files?: Readonly<Record<string, FileAsset>>;
  readonly [key: string]: unknown;
}

export interface FileAsset {
  readonly source: { readonly path?: string; readonly packaging?: string; readonly [key: string]: unknown };
  readonly destinations: Readonly<
    Record<string, { readonly objectKey: string; readonly [key: string]: unknown }>
  >;
  readonly [key: string]: unknown;
}

export const STACK = 'aws:cloudformation:stack';
export const ASSETS = 'cdk:asset-manifest';
