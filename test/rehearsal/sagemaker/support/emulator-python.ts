import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const DEFAULT = path.resolve(__dirname, '../../../../.rehearsal/environments/emulator/bin/python');

/** The emulator's interpreter, which has boto3 and botocore. */
export function emulatorPython(): string {
  const python = process.env.REHEARSAL_EMULATOR_PYTHON ?? DEFAULT;
  if (!existsSync(python)) {
    throw new Error(
      `no Python with boto3 at ${python}; run \`npm test\`, which makes it, or set REHEARSAL_EMULATOR_PYTHON`,
    );
  }
  return python;
}

/** SageMaker's service model in that interpreter's botocore. */
export function serviceModelFile(): string {
  const lib = path.join(path.dirname(path.dirname(emulatorPython())), 'lib');
  const version = readdirSync(lib).find((name) => name.startsWith('python3')) ?? 'python3';
  return path.join(lib, version, 'site-packages/botocore/data/sagemaker/2017-07-24/service-2.json.gz');
}
