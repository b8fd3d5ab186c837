import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { BaseModel } from '../../../lib/config/base-models';
import { namesOf } from '../../../lib/config/names';
import type { Project } from '../../../lib/config/project';
import { modelsIn } from '../../../lib/config/used-base-models';
import { weightsPrefix } from '../../../pipelines/base-models';
import type { Check } from '../check';
import { listed } from '../commands';
import { isMissing } from '../denial';
import { error, type Observation, ok, skipped } from '../finding';
import { aFewAtATime } from '../pages';
import type { Subject } from '../subject';

/** Whether the weights that learners start from are in S3: jobs have no network to fetch them by. */
export const weights: Check = {
  name: 'weights',
  permission: 's3:ListBucket',
  look: async (subject): Promise<Observation[]> => {
    const wanted = subject.projects.flatMap((project) =>
      modelsIn(subject.config.platform, project, subject.name).map((model) => ({ project, model })),
    );
    return aFewAtATime(wanted, (each) => look(subject, each.project, each.model));
  },
};

async function look(
  { name, account, region, aws }: Subject,
  project: Project,
  { name: model, hash, files }: BaseModel,
): Promise<Observation> {
  const bucket = namesOf({ project: project.name, environment: name, account, region }).artifactsBucket;
  const Prefix = weightsPrefix(hash);
  const stage = `npm run weights -- ${project.name} --environment ${name}`;
  try {
    // A base model has a few files, far from the thousand of a page.
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    const there = new Set(Contents.map(({ Key = '' }) => Key.slice(Prefix.length)));
    const missing = Object.keys(files).filter((file) => !there.has(file));
    if (missing.length === 0) return ok(`weights of ${model}, which ${project.name} starts from, are staged`);
    return error(
      `of the weights of ${model}, which ${project.name} starts from, ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} not in s3://${bucket}/${Prefix}: no training of them can run`,
      stage,
    );
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
    return skipped(
      `weights of ${model} can be staged for ${project.name} when its stacks are deployed: there is no bucket ${bucket} yet`,
      stage,
    );
  }
}
