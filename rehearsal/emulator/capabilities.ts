import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const DUMP = `
import json
from ministack.services.cloudformation import provisioners
print(json.dumps(sorted(provisioners._RESOURCE_HANDLERS)))
`;

/** Reads from the installed emulator which CloudFormation types it creates: a list kept by hand would grow old. */
export async function resourceTypes(
  python: string,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlySet<string>> {
  const { stdout } = await promisify(execFile)(python, ['-c', DUMP], { env: { ...env } });
  // Importing it prints nothing of its own, but a warning of Python's may come first.
  const types: string[] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]');
  return new Set(types);
}
