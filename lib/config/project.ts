import { z } from 'zod';
import type { BaseModel } from './base-models';
import type { Kind } from './kind';
import { column, distinct, email, instance, rule, text } from './rule';

const columns = (what: string) =>
  z
    .array(column())
    .min(1, {
      error: rule({ wrong: 'names no column', allowed: `one or more columns that the model ${what}` }),
    })
    .refine(distinct, { error: rule({ wrong: 'names a column twice', allowed: 'each column once' }) })
    .describe(`columns the model ${what}`);

const count = (from: number, to: number, what: string) =>
  z
    .int()
    .min(from, { error: rule({ wrong: `is too low`, allowed: `${from} to ${to} ${what}` }) })
    .max(to, { error: rule({ wrong: `is too high`, allowed: `${from} to ${to} ${what}` }) });

const share = () =>
  z
    .number()
    .min(0, { error: rule({ wrong: 'is too low', allowed: '0 to 1' }) })
    .max(1, { error: rule({ wrong: 'is too high', allowed: '0 to 1' }) });

/** Calibration error that a gate lets pass, where project.yaml says nothing: a temperature on held-out rows gives less. */
const CALIBRATION_ERROR = 0.05;

/** Share of given answers that are to be right, where project.yaml says nothing. */
export const ABSTAIN_ACCURACY = 0.95;

/** Minutes between the canary and the rest, where project.yaml says nothing. */
const BAKE_MINUTES = 10;

const MOST_INSTANCES = 20;

const NO_NUMBER = rule({
  wrong: 'is no number of instances',
  allowed: `1 to ${MOST_INSTANCES}, or { min: 2, max: 6 } that scales between them`,
});

const serveSchema = z
  .strictObject({
    instance: instance().default('ml.m5.large').describe('machine that answers'),
    instances: z
      .union(
        [
          z.int().min(1).max(MOST_INSTANCES),
          z
            .strictObject({
              min: z.int().min(1).max(MOST_INSTANCES).describe('instances at rest'),
              max: z.int().min(1).max(MOST_INSTANCES).describe('instances under load'),
            })
            .refine(({ min, max }) => min < max, { error: NO_NUMBER }),
        ],
        {
          error: NO_NUMBER,
        },
      )
      .default(1)
      .describe('how many of them, or between what they scale'),
    release: z
      .enum(['all_at_once', 'canary'])
      .default('all_at_once')
      .describe('whether a new model gets all requests at once, or a part of them first'),
    bake_minutes: count(5, 60, 'minutes')
      .optional()
      .describe('minutes that a canary is watched before the rest follows; 10 where nothing is said'),
  })
  .transform(({ instance: type, instances, release, bake_minutes }, context) => {
    if (bake_minutes !== undefined && release !== 'canary') {
      context.addIssue({
        code: 'custom',
        path: ['bake_minutes'],
        message: rule({
          wrong: 'is for canary releases only',
          allowed: 'beside release: canary',
          remedy: 'add release: canary, or leave it out',
        }),
      });
      return z.NEVER;
    }
    return {
      instance: type,
      instances: typeof instances === 'number' ? { min: instances, max: instances } : instances,
      release,
      bake_minutes: bake_minutes ?? BAKE_MINUTES,
    };
  })
  .prefault({})
  .describe('how the model is served');

const environmentSchema = z.strictObject({
  data: text(/^(s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/(.*\/)?|(?!s3:|\/).*\/)$/, {
    wrong: 'is not a place of data',
    allowed: 'a folder of the project, such as sample/, or s3://bucket/prefix/; both end with /',
  }).describe('CSV files: a folder of the project, such as sample/, or s3://bucket/prefix/'),
  learner: z.string().describe('which of the learners of the kind trains the model'),
  base_model: z
    .string()
    .optional()
    .describe('base model that the learner starts from; the first of base_models.yaml where nothing is said'),
  train: z
    .strictObject({
      instance: instance().default('ml.m5.large').describe('machine that trains'),
      spot: z
        .boolean()
        .default(false)
        .describe(
          'whether to train on spare capacity: up to 90 % cheaper, may be interrupted and go on later',
        ),
      max_hours: count(1, 120, 'hours').default(1).describe('hours after which a training is stopped'),
      tune: count(0, 50, 'trials')
        .default(0)
        .describe('settings of the learner that are tried, seeded, before it is fitted; 0 takes its own'),
    })
    .prefault({})
    .describe('how the model is trained'),
  serve: serveSchema,
});

const principal = () =>
  text(/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/, {
    wrong: 'is not the ARN of an IAM role or user',
    allowed: 'such as arn:aws:iam::111122223333:role/crm',
  });

/** `projects/<name>/project.yaml`: what the people of one project decide. */
export const projectSchema = z.strictObject({
  kind: text(/^[a-z][a-z0-9-]*@[1-9]\d*$/, {
    wrong: 'is not a kind',
    allowed: 'name@version, such as email-classification@1',
  }).describe('template the project was made from'),
  owner: email().describe('who answers for the project'),
  fields: columns('reads'),
  targets: columns('predicts'),
  gate: z
    .strictObject({
      macro_f1: z.record(z.string(), share()).describe('lowest macro F1 of each target, 0 to 1'),
      champion: z
        .enum(['not_worse', 'ignored'])
        .default('not_worse')
        .describe('whether a model must keep up with the one in service'),
      cheaper: z
        .enum(['better', 'told', 'ignored'])
        .default('better')
        .describe(
          'whether a learner must beat the best of the cheaper ones on the same rows; told: it is compared, and decides nothing',
        ),
      calibration_error: share()
        .default(CALIBRATION_ERROR)
        .describe('highest calibration error of a target: how far its confidences are from what comes true'),
    })
    .describe('what a model must reach'),
  abstain: z
    .strictObject({
      accuracy: z
        .union([share(), z.record(z.string(), share())], {
          error: rule({
            wrong: 'is no share of right answers',
            allowed: '0 to 1 for all targets, or { target: 0.98 } for some of them; 0 never abstains',
          }),
        })
        .default(ABSTAIN_ACCURACY)
        .describe('share of the given answers that must be right; below its confidence a target abstains'),
    })
    .prefault({})
    .describe('when a model says that it is not sure enough'),
  environments: z
    .record(z.string(), environmentSchema)
    .refine((value) => Object.keys(value).length > 0, {
      error: rule({ wrong: 'names no environment', allowed: 'one or more of those in platform.yaml' }),
    })
    .describe('where the project runs'),
  api: z
    .strictObject({
      auth: z.enum(['iam']).default('iam').describe('how callers prove who they are'),
      consumers: z
        .record(
          text(/^[a-z][a-z0-9-]{0,29}$/, {
            wrong: 'is not the name of a consumer',
            allowed: 'up to 30 lower-case letters, digits and hyphens',
          }),
          z.strictObject({
            principal: principal().describe('IAM role or user that calls'),
            requests_per_second: count(1, 1_000, 'requests a second')
              .default(20)
              .describe(
                'rate it needs; the API admits the sum of all, and keeps no consumer from the share of another',
              ),
          }),
        )
        .default({})
        .describe('who may call, besides identities of the account itself'),
    })
    .prefault({})
    .describe('who may ask'),
  monitor: z
    .strictObject({
      every: z.enum(['hour', 'day']).default('hour').describe('how often captured records are looked at'),
      keep_days: count(1, 365, 'days').default(30).describe('days captured records are kept'),
    })
    .prefault({})
    .describe('how the model in service is watched'),
  retrain: z
    .strictObject({
      every: z.enum(['day', 'month', 'never']).default('month').describe('calendar of retraining'),
      on: z
        .array(z.enum(['merge', 'drift', 'quality']))
        .refine(distinct, { error: rule({ wrong: 'names a reason twice', allowed: 'each reason once' }) })
        .default(['merge', 'drift', 'quality'])
        .describe('what else retrains'),
      cooldown_hours: count(0, 720, 'hours').default(24).describe('hours between two automatic retrainings'),
      min_new_rows: count(0, 1_000_000, 'rows')
        .default(200)
        .describe('corrected rows that make one worthwhile'),
    })
    .prefault({})
    .describe('when the model is trained again'),
});

export type ProjectFile = z.output<typeof projectSchema>;
export type ProjectEnvironment = ProjectFile['environments'][string];

/** One project: its file, where it lies, and its kind in full. */
export interface Project extends Omit<ProjectFile, 'kind'> {
  readonly name: string;
  readonly folder: string;
  readonly kind: Kind;

  /** Base models that its learners may start from, by name; the first is the default. */
  readonly baseModels: Readonly<Record<string, BaseModel>>;
}

/** What stands in where a project.yaml says nothing usable, so that the rest of it can be looked at. */
export const PROJECT_STAND_INS = { owner: 'nobody@nowhere.invalid' };
