import { relative } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { Command } from 'commander';
import type { BaseModel } from '../../lib/config/base-models';
import { namesOf } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { Project } from '../../lib/config/project';
import { modelsIn } from '../../lib/config/used-base-models';
import { accessTo } from '../../operations/aws/credentials';
import { stageWeights } from '../../operations/delivery/staging/stage-weights';
import { helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { type Terminal, terminalOf } from '../../operations/terminal/terminal';
import { fetchWeights } from '../../workbench/weights/fetch';
import { loadProject, requireEnvironment } from './bundle';
import { withTooling } from './python';

interface WeightsOptions {
  readonly environment?: string[];
  readonly local?: boolean;
  readonly model?: string;
  readonly folder?: string;
  readonly hub?: string;
  readonly projects: string;
}

/** Brings the weights that a project's learners start from to where jobs find them. */
export function weightsCommand(): Command {
  return new Command('weights')
    .summary('bring the weights that learners start from to where jobs find them')
    .description(
      "Bring the files of a project's base model to S3, in every environment whose learner starts from one. Jobs never download: they run without a network.\n" +
        'Each file is fetched once to this machine, from a folder, a package or a hub, and counts by the hash that base_models.yaml names.',
    )
    .argument('[project]', 'name of a folder in projects/; may be left out where there is one')
    .option('--environment <name...>', 'only these environments')
    .option('--local', 'fetch them to this machine only, for train, compare and rehearse; needs no AWS')
    .option(
      '--model <name>',
      'with --local: this model of base_models.yaml; otherwise project.yaml says which',
    )
    .option('--folder <folder>', 'take the files from here where it has them')
    .option(
      '--hub <address>',
      'ask this hub for files that are in no package, such as https://huggingface.co',
    )
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run weights -- email-classification',
          'npm run weights -- email-classification --environment prod --folder ~/models/my-encoder',
          'npm run weights -- email-classification --local',
        ],
        {
          done: 'they are there',
          cannot:
            'no environment needs weights, a file is nowhere or another one, or an account cannot be reached',
        },
      ),
    )
    .action(async (name: string | undefined, options: WeightsOptions) => {
      const terminal = terminalOf(process);
      const { platform, project } = loadProject(options.projects, name);
      if (options.model && !options.local) {
        throw new Refusal('--model is for --local: environments get what base_model of project.yaml names');
      }
      const wanted = options.local
        ? undefined
        : environmentsWithWeights(platform, project, options.environment);
      const models = wanted ? wanted.map(({ model }) => model) : [localModel(project, options.model)];
      const folders = await fetchAll(models, options, terminal);
      for (const { environment, model } of wanted ?? []) {
        await stage(platform, project, environment, model, folders.get(model.hash) ?? '', terminal);
      }
    });
}

/** Fetches each model once and says where it is. */
async function fetchAll(
  models: readonly BaseModel[],
  { folder, hub }: WeightsOptions,
  { answer, say }: Terminal,
): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  await withTooling(async (tools) => {
    for (const model of models) {
      if (folders.has(model.hash)) continue;
      const home = await fetchWeights(model, { tools, folder, hub, say });
      folders.set(model.hash, home);
      answer(`${model.name} (${model.license}) is in ${relative(process.cwd(), home)}`);
    }
  });
  return folders;
}

async function stage(
  platform: Platform,
  project: Project,
  environment: string,
  model: BaseModel,
  folder: string,
  { answer }: Terminal,
): Promise<void> {
  const place = platform.environments[environment];
  if (!place) throw new Refusal(`platform.yaml has no environment "${environment}"`);
  const { account, region } = place;
  const { config } = await accessTo({ name: environment, account, region });
  const bucket = namesOf({ project: project.name, environment, account, region }).artifactsBucket;
  const s3 = new S3Client({ ...config, requestChecksumCalculation: 'WHEN_REQUIRED' });
  try {
    const uploaded = await stageWeights(s3, bucket, model, folder);
    const what = uploaded.length === 0 ? 'was there' : `${uploaded.join(', ')} uploaded`;
    answer(`${environment}: s3://${bucket}/weights/${model.hash}/ ${what}`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchBucket') throw error;
    throw new Refusal(
      `${environment} has no bucket ${bucket}: ${project.name} is not deployed there · deploy its storage first, then stage the weights`,
    );
  } finally {
    s3.destroy();
  }
}

/** Environments in which a training starts from a base model, with that model. */
function environmentsWithWeights(platform: Platform, project: Project, only: readonly string[] | undefined) {
  for (const name of only ?? []) requireEnvironment(project, name);
  const found = Object.keys(project.environments).flatMap((environment) => {
    if (only && !only.includes(environment)) return [];
    return modelsIn(platform, project, environment).map((model) => ({ environment, model }));
  });
  if (found.length > 0) return found;
  const learners = Object.entries(project.environments).map(([name, { learner }]) => `${name}: ${learner}`);
  throw new Refusal(
    `no learner of ${project.name} starts from weights (${learners.join(', ')}) · for this machine: --local`,
  );
}

function localModel({ name, baseModels }: Project, wanted: string | undefined): BaseModel {
  const known = Object.keys(baseModels).join(', ');
  const model = wanted === undefined ? Object.values(baseModels)[0] : baseModels[wanted];
  if (model) return model;
  throw new Refusal(
    wanted === undefined
      ? `${name} lists no base model`
      : `--model ${wanted}: base_models.yaml of ${name} does not list it · allowed: ${known}`,
  );
}
