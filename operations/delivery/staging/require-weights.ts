import type { S3Client } from '@aws-sdk/client-s3';
import type { Project, ProjectEnvironment } from '../../../lib/config/project';
import { baseModelOf } from '../../../lib/config/used-base-models';
import { Refusal } from '../../terminal/refusal';
import { areWeightsStaged } from './stage-weights';

/**
 * Refuses to train where the weights that the training starts from are not in S3: a job has no network to fetch them by,
 * and would say so after minutes.
 *
 * @param chosen settings whose learner is to be trained
 * @param where the environment that it is trained in, and its artifacts bucket
 * @returns the base model that is there; undefined where the training needs none
 * @throws Refusal that says how to stage them
 */
export async function requireWeights(
  s3: S3Client,
  project: Project,
  chosen: ProjectEnvironment,
  where: { readonly environment: string; readonly bucket: string },
) {
  const model = baseModelOf(project, chosen);
  if (!model || (await areWeightsStaged(s3, where.bucket, model))) return model;
  throw new Refusal(
    `the weights of ${model.name} are not in s3://${where.bucket}/weights/${model.hash}/, and learner ${chosen.learner} starts from them · ` +
      `stage them once, then try the stage again: npm run weights -- ${project.name} --environment ${where.environment}`,
  );
}
