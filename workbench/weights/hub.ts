import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '../../operations/terminal/refusal';

/** A file of a model repository, at one commit. */
export interface HubFile {
  /** `owner/name`. */
  readonly repository: string;
  /** A commit: a branch would move. */
  readonly revision: string;
  readonly path: string;
}

/**
 * Fetches one file from a hub with the layout of Hugging Face's: `<hub>/<repository>/resolve/<revision>/<path>`.
 *
 * @see https://huggingface.co/docs/huggingface_hub/guides/download
 * @throws Refusal when the hub cannot be reached or does not have it
 */
export async function download(hub: string, file: HubFile, target: string): Promise<void> {
  const address = `${hub.replace(/\/$/, '')}/${file.repository}/resolve/${file.revision}/${file.path}`;
  const response = await fetch(address).catch((error: unknown) => {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Refusal(`${address} cannot be reached (${cause}); bring the file with --folder`);
  });
  if (!response.ok || !response.body)
    throw new Refusal(`${address} answers ${response.status}; nothing was fetched`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
}
