import { z } from 'zod';
import { account, email, region, rule, text } from './rule';

const zone = () =>
  text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, {
    wrong: 'is not an availability zone',
    allowed: 'a zone of the region, such as eu-west-1a',
  });

const environmentSchema = z
  .strictObject({
    account: account().describe('AWS account of the environment'),
    region: region().describe('region of the environment'),
    network: z
      .strictObject({
        zones: z
          .array(zone())
          .min(2, {
            error: rule({
              wrong: 'names too few zones',
              allowed: '2 or 3 zones',
              remedy: 'SageMaker wants two, so that one may fail',
            }),
          })
          .max(3, { error: rule({ wrong: 'names too many zones', allowed: '2 or 3 zones' }) })
          .describe('availability zones of the private subnets'),
      })
      .describe('network that jobs and models run in'),
  })
  .superRefine((value, context) => {
    value.network.zones.forEach((name, index) => {
      if (name.slice(0, -1) === value.region) return;
      context.addIssue({
        code: 'custom',
        path: ['network', 'zones', index],
        message: rule({ wrong: 'lies in another region', allowed: `zones of ${value.region}` }),
      });
    });
  });

/** `projects/platform.yaml`: what holds for every project of the organisation. */
export const platformSchema = z.strictObject({
  organisation: text(/^[a-z][a-z0-9-]{0,29}$/, {
    wrong: 'is not a short name',
    allowed: 'up to 30 lower-case letters, digits and hyphens',
  }).describe('short name of the organisation'),
  owner: email().describe('who answers for the platform'),
  delivery: z
    .strictObject({
      account: account().describe('account that builds and delivers'),
      region: region().describe('region that builds and delivers'),
    })
    .describe('where images are built and kept'),
  environments: z
    .record(
      text(/^[a-z][a-z0-9]{0,7}$/, {
        wrong: 'is not the name of an environment',
        allowed: 'up to 8 lower-case letters and digits, such as dev or prod',
      }),
      environmentSchema,
    )
    .refine((value) => Object.keys(value).length > 0, {
      error: rule({ wrong: 'names no environment', allowed: 'one or more, such as dev' }),
    })
    .describe('an account and a region each'),
  alerts: z
    .strictObject({
      page: email().describe('who is woken when callers are hurt'),
      inform: email().describe('who reads what can wait until morning'),
    })
    .describe('who hears of trouble'),
  guardrails: z
    .strictObject({
      tags: z
        .record(
          text(/^(?!aws:)(?!mlops:)[\w .:/=+@-]{1,128}$/, {
            wrong: 'is not a tag key',
            allowed: 'up to 128 characters that do not begin with aws: or mlops:',
          }),
          text(/^[\w .:/=+@-]{0,256}$/, {
            wrong: 'is not a tag value',
            allowed: 'up to 256 letters, digits, spaces and .:/=+@-_',
          }),
        )
        .default({})
        .describe('tags that every resource carries'),
    })
    .prefault({})
    .describe('rules every project keeps'),
});

export type Platform = z.output<typeof platformSchema>;
