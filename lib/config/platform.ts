import { z } from 'zod';
import { account, distinct, email, region, rule, text } from './rule';

const zone = () =>
  text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, {
    wrong: 'is not an availability zone',
    allowed: 'a zone of the region, such as eu-west-1a',
  });

const subnet = () =>
  text(/^subnet-[0-9a-f]{8,17}$/, {
    wrong: 'is not the id of a subnet',
    allowed: 'an id such as subnet-0a1b2c3d4e5f60718',
  });

/** A network of our own in some zones, or one that is there already. */
export type Network =
  | { readonly zones: readonly string[] }
  | {
      readonly vpc: string;
      readonly subnets: readonly string[];
      /** @default - the platform makes one in the VPC */
      readonly security_group?: string | undefined;
    };

const networkSchema = z
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
      .refine(distinct, { error: rule({ wrong: 'names a zone twice', allowed: 'each zone once' }) })
      .optional()
      .describe('availability zones of the private subnets of a VPC that the platform makes'),
    vpc: text(/^vpc-[0-9a-f]{8,17}$/, {
      wrong: 'is not the id of a VPC',
      allowed: 'an id such as vpc-0a1b2c3d4e5f60718',
    })
      .optional()
      .describe('an existing VPC to use instead; it needs a gateway endpoint for S3'),
    subnets: z
      .array(subnet())
      .min(2, {
        error: rule({
          wrong: 'names too few subnets',
          allowed: '2 or 3 private subnets of that VPC, in different zones',
        }),
      })
      .max(3, { error: rule({ wrong: 'names too many subnets', allowed: '2 or 3 private subnets' }) })
      .refine(distinct, { error: rule({ wrong: 'names a subnet twice', allowed: 'each subnet once' }) })
      .optional()
      .describe('private subnets of the existing VPC, in different zones'),
    security_group: text(/^sg-[0-9a-f]{8,17}$/, {
      wrong: 'is not the id of a security group',
      allowed: 'an id such as sg-0a1b2c3d4e5f60718',
    })
      .optional()
      .describe('security group of the existing VPC; without it the platform makes one'),
  })
  .transform(({ zones, vpc, subnets, security_group }, context): Network => {
    const refuse = (wrong: string) => {
      const allowed = '{ zones: [a, b] } for a VPC of our own, or { vpc, subnets } for an existing one';
      context.addIssue({ code: 'custom', message: rule({ wrong, allowed }) });
      return z.NEVER;
    };
    const existing = vpc !== undefined || subnets !== undefined || security_group !== undefined;
    if (zones && existing) return refuse('names zones and an existing network');
    if (zones) return { zones };
    if (vpc && subnets) return { vpc, subnets, ...(security_group && { security_group }) };
    return refuse('says too little');
  });

const environmentSchema = z
  .strictObject({
    account: account().describe('AWS account of the environment'),
    region: region().describe('region of the environment'),
    network: networkSchema.describe('network that jobs and models run in'),
    approval: z
      .strictObject({
        stacks: z
          .enum(['none', 'person'])
          .default('none')
          .describe('whether a person approves before delivery changes stacks here'),
        model: z
          .enum(['auto', 'person'])
          .default('person')
          .describe('whether a model that passed the gate is approved by policy or by a person'),
      })
      .prefault({})
      .describe('who approves what, before it counts here'),
  })
  .superRefine((value, context) => {
    if (!('zones' in value.network)) return;
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
  }).describe('short name of the organisation, which mails from the platform carry'),
  owner: email().describe('who answers for the platform'),
  delivery: z
    .strictObject({
      account: account().describe('account that builds and delivers'),
      region: region().describe('region that builds and delivers'),
      connection: text(
        /^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
        {
          wrong: 'is not the ARN of a connection',
          allowed: 'arn:aws:codeconnections:<region>:<account>:connection/<id>',
          remedy: 'make one in the console of the delivery account: Developer Tools, Settings, Connections',
        },
      ).describe('connection to where the repository is'),
      repository: text(/^[\w.-]+(\/[\w.-]+)+$/, {
        wrong: 'is not the name of a repository',
        allowed: 'owner/name',
      }).describe('repository that is delivered, owner/name'),
      branch: text(/^[\w./-]{1,100}$/, { wrong: 'is not the name of a branch', allowed: 'such as main' })
        .default('main')
        .describe('branch whose merges are delivered'),
    })
    .describe('where and from what it is built and delivered'),
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
      instances: z
        .array(
          text(/^ml\.[a-z0-9*?.-]+$/, {
            wrong: 'is not a pattern of instance types',
            allowed: 'such as ml.m5.* or ml.g5.2xlarge',
          }),
        )
        .min(1, { error: rule({ wrong: 'allows no instance', allowed: 'one or more, such as ml.m5.*' }) })
        .default(['ml.*'])
        .describe('SageMaker instance types that projects may use; * stands for any letters'),
      regions: z
        .array(region())
        .min(1, { error: rule({ wrong: 'allows no region', allowed: 'one or more, such as eu-west-1' }) })
        .optional()
        .describe('regions that may be used; those of delivery and environments where nothing is said'),
      monthly_budget_usd: z
        .number()
        .positive({ error: rule({ wrong: 'is no amount', allowed: 'US dollars a month, above 0' }) })
        .optional()
        .describe(
          'US dollars a month for each environment: people are told at 80 % and 100 %, nothing is stopped',
        ),
      permissions_boundary: text(/^[\w+=,.@-]{1,128}$/, {
        wrong: 'is not the name of a policy',
        allowed: 'name of a customer-managed policy that exists in every account',
      })
        .optional()
        .describe('boundary of every role; the platform makes one where nothing is said'),
      volume_key: z
        .enum(['where_possible', 'required'])
        .default('where_possible')
        .describe("whether instances that refuse a customer's key, those with local drives, may be used"),
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

/** What stands in where platform.yaml says nothing usable, so that the rest of it can be looked at. */
export const PLATFORM_STAND_INS = {
  organisation: 'nobody',
  owner: 'nobody@nowhere.invalid',
  delivery: {
    account: '000000000000',
    region: 'us-east-1',
    connection:
      'arn:aws:codeconnections:us-east-1:000000000000:connection/00000000-0000-0000-0000-000000000000',
    repository: 'nobody/nothing',
  },
  alerts: { page: 'nobody@nowhere.invalid', inform: 'nobody@nowhere.invalid' },
};
