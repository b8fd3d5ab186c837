import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from '../lib/config/load';
import { addOrganisation } from '../lib/stages/organisation';
import { IMAGE_FOLDER } from '../pipelines/images';

/**
 * The same app with the habits of a freshly made CDK project: run by a TypeScript runner, validated by the library's own
 * plugin at every synthesis, and each handler bundled by what NodejsFunction calls.
 */
const root = join(__dirname, '..');
const bundling = require(join(root, 'node_modules/aws-cdk-lib/aws-lambda-nodejs/lib/bundling.js'));

const app = new App({
  context: JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context,
  analyticsReporting: false,
});
const fromAsset = lambda.Code.fromAsset;
Object.assign(lambda.Code, {
  fromAsset: (path: string, options?: object) => {
    // What NodejsFunction does ends here, too: with its own folder and its command.
    if (options) return fromAsset(path, options);
    return bundling.Bundling.bundle(app, {
      entry: join(root, 'lambda', basename(path), 'index.ts'),
      depsLockFilePath: join(root, 'package-lock.json'),
      projectRoot: root,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      bundleAwsSDK: true,
      minify: true,
    });
  },
});
addOrganisation(
  app,
  loadConfig({
    projects: app.node.tryGetContext('projects') ?? join(root, 'projects'),
    templates: join(root, 'templates'),
  }),
  { handlers: join(root, 'lambda'), images: join(root, IMAGE_FOLDER) },
);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
