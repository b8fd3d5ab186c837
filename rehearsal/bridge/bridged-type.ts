/** How a resource was played. */
export type Played =
  /** Our local SageMaker or another service of ours has it. */
  | 'emulated'
  /** The emulator has the API, only CloudFormation does not know the type there. */
  | 'through its API'
  /** Written down, nothing else: NOT REHEARSED. */
  | 'recorded';

/** A resource as CloudFormation describes it to its handler. */
export interface BridgeRequest {
  readonly type: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What `Ref` and `Fn::GetAtt` give. */
export interface Created {
  /** What `Ref` gives; another one after an update makes CloudFormation delete the old resource. */
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Creates, updates and deletes resources of one CloudFormation type. */
export interface BridgedType {
  readonly played: Played;
  create(request: BridgeRequest): Promise<Created>;
  update(ref: string, request: BridgeRequest): Promise<Created>;
  /** Deleting what is gone succeeds. */
  remove(ref: string, request: BridgeRequest): Promise<void>;
}
