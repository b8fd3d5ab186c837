import type { LocalSageMakerOptions } from './options';
import type { Processes } from './processes';
import type { Fields } from './service-model';

/** Who makes a call; undefined where nobody is asked for permission. */
export type Caller = string | undefined;

/** An operation: gets a request that passed the service model, gives at least what its response needs. */
type Handler = (input: never, caller: Caller) => object | Promise<object>;
export type Handlers = Readonly<Record<string, Handler>>;

/** A request as its handler sees it: required members are there, timestamps are epoch seconds. */
export type Valid<T> = T extends Date
  ? number
  : T extends ReadonlyArray<infer Item>
    ? Array<Valid<Item>>
    : T extends object
      ? {
          [K in keyof T]: Pick<T, K> extends Required<Pick<T, K>>
            ? Valid<Exclude<T[K], undefined>>
            : Valid<T[K]>;
        }
      : T;

/** What every room of the local SageMaker shares. */
export interface World {
  readonly options: LocalSageMakerOptions;
  readonly processes: Processes;
  /** Folder of the logs of jobs and model servers, one file each. */
  readonly logs: string;
  /** Tags by ARN; an ARN without an entry does not exist. */
  readonly tags: Map<string, Map<string, string>>;
  /** `arn('model', 'x')` is the ARN of model x in this account and region. */
  arn(kind: string, name: string): string;
  /** An operation as a client calls it: validated, authorized, answered. */
  call(operation: string, input: Fields, caller: Caller): Promise<Fields>;
  /** The same of Application Auto Scaling. */
  scale(operation: string, input: Fields, caller: Caller): Promise<Fields>;
  /** The same for the service itself: nobody is asked for permission. */
  look(operation: string, input: Fields): Promise<Fields>;
  /** Sends a documented event about these resources. */
  emit(detailType: string, resources: readonly string[], detail: Fields): void;
  /** Lets work go on after its call was answered; `settled` waits for it, and so does stopping. */
  background(arn: string, work: () => Promise<void>): void;
  /** Aborted when the local SageMaker stops: nothing new is begun then. */
  readonly closing: AbortSignal;
  settled(arn: string): Promise<void>;
}

/** Now, as the API writes it. */
export const seconds = (): number => Date.now() / 1000;

/** An epoch time in seconds as pipeline and package events write it. */
export const iso = (epochSeconds: number): string =>
  `${new Date(epochSeconds * 1000).toISOString().slice(0, 19)}Z`;

/** Records what exists, with the tags it was created with. */
export function born(
  world: World,
  arn: string,
  tags: ReadonlyArray<Valid<{ Key: string; Value: string }>> = [],
): void {
  world.tags.set(arn, new Map(tags.map(({ Key, Value }) => [Key, Value])));
}
