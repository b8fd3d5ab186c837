import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { loadConfig } from '../lib/config/load';
import { addGates } from '../lib/gates/gates';
import { addOrganisation } from '../lib/stages/organisation';
import { IMAGE_FOLDER } from '../pipelines/images';

const root = join(__dirname, '..');

/**
 * The CDK app.
 *
 * Context: `-c project=a,b` synthesizes these projects only, `-c projects=DIR` those of another folder. The feature
 * flags are those of cdk.json also when the app runs without the CDK command line.
 *
 * @throws ConfigError with everything that is wrong in the configuration
 */
export function main(): void {
  const outdir = process.env.CDK_OUTDIR;
  if (outdir) removeStaleAssembly(outdir);

  const app = new App({
    context: JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context,
    analyticsReporting: false,
    // tree.json is read by nothing here and costs a tenth of a synthesis.
    treeMetadata: false,
  });
  const only = listOf(app.node.tryGetContext('project'));
  const config = loadConfig({
    projects: app.node.tryGetContext('projects') ?? join(root, 'projects'),
    templates: join(root, 'templates'),
    ...(only && { only }),
  });
  addOrganisation(app, config, {
    handlers: join(root, 'dist/lambda'),
    images: join(root, IMAGE_FOLDER),
  });
  addGates(app, {
    cache: join(root, 'node_modules/.cache/mlops/validation'),
    library: JSON.parse(readFileSync(require.resolve('aws-cdk-lib/package.json'), 'utf8')).version,
    cloudFormationRules: process.env.CDK_VALIDATION !== 'false',
  });
  app.synth();
}

/**
 * Empties the folder of an earlier synthesis: the library hashes everything in it, and templates of removed projects
 * would stay. A folder without an assembly's manifest is not ours to empty; locks are the command line's.
 */
function removeStaleAssembly(outdir: string): void {
  if (!existsSync(join(outdir, 'cdk.out')) || !existsSync(join(outdir, 'manifest.json'))) return;
  for (const name of readdirSync(outdir).filter((entry) => !entry.endsWith('.lock'))) {
    rmSync(join(outdir, name), { recursive: true });
  }
}

function listOf(context: unknown): string[] | undefined {
  if (typeof context !== 'string') return undefined;
  return context
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
