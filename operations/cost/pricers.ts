import { METRICS } from '../../lambda/record-metrics/contract';
import type { ReleaseModelEnv } from '../../lambda/release-model/contract';
import type { StartMonitoringEnv } from '../../lambda/start-monitoring/contract';
import { hasLocalStorage } from '../../pipelines/instance-storage';
import { listOf, recordOf, textOf } from '../assembly/text';
import { ENDPOINT_VOLUME_GB, HOURS, IMAGES_GB, JOB_MINUTES, REQUEST, STORED_GB } from './assumptions';
import { priceDelivery } from './delivery-minutes';
import type { Cost, Findings, Priced, When } from './findings';
import { costOf, jobsOf } from './jobs';
import type { Item } from './price-table';
import { runsAMonth } from './runs';

type Pricer = (priced: Priced) => Findings;

/** A quantity of one item of the table. */
function some({ prices }: Priced, when: When, what: string, quantity: number, item: Item): Cost {
  const { usd, source } = prices.item(item);
  return { when, what, usd: quantity * usd, how: `${rounded(quantity)} × ${usd} (${words(item)})`, source };
}

const words = (item: Item): string => item.replaceAll('_', ' ');
const rounded = (quantity: number): number => Number(quantity.toPrecision(4));

const monthly =
  (what: string, item: Item, quantity = 1): Pricer =>
  (priced) => [some(priced, 'rest', what, quantity, item)];

const properties = ({ resource }: Priced) => recordOf(resource.Properties);

/** An alarm is paid by the metrics it looks at. */
const alarm: Pricer = (priced) => {
  const metrics = listOf(properties(priced).Metrics).filter((metric) => recordOf(metric).MetricStat);
  return [some(priced, 'rest', 'alarms', Math.max(1, metrics.length), 'alarm_metric_month')];
};

const vpcEndpoint: Pricer = (priced) => {
  const { VpcEndpointType, SubnetIds } = properties(priced);
  if (VpcEndpointType === undefined || VpcEndpointType === 'Gateway') return [];
  const zones = Math.max(1, listOf(SubnetIds).length);
  return [some(priced, 'rest', 'interface endpoints', zones * HOURS, 'interface_endpoint_hour')];
};

const webAcl: Pricer = (priced) => [
  some(priced, 'rest', 'web ACL', 1, 'waf_acl_month'),
  some(priced, 'rest', 'web ACL rules', listOf(properties(priced).Rules).length, 'waf_rule_month'),
];

const api: Pricer = (priced) => {
  const { requests } = priced.usage;
  const million = requests / 1e6;
  const { lambdaGbSeconds, logKilobytes, reads, writes, puts } = REQUEST;
  return [
    some(priced, 'use', 'API requests', million, 'api_million_requests'),
    some(priced, 'use', 'functions that answer', million, 'lambda_million_requests'),
    some(priced, 'use', 'functions that answer', requests * lambdaGbSeconds, 'lambda_arm_gb_second'),
    some(priced, 'use', 'tables', million * reads, 'dynamodb_million_reads'),
    some(priced, 'use', 'tables', million * writes, 'dynamodb_million_writes'),
    some(priced, 'use', 'captured records', (requests * puts) / 1e3, 's3_thousand_puts'),
    some(priced, 'use', 'logs', (requests * logKilobytes) / 1e6, 'log_gb'),
  ];
};

const schedule: Pricer = (priced) => {
  const runs = runsAMonth(textOf(properties(priced).ScheduleExpression)) ?? 0;
  return [some(priced, 'rest', 'schedules', runs / 1e6, 'scheduler_million')];
};

/** The endpoint is made by the release function, so it stands in that function's environment. */
function endpoint(priced: Priced, env: Readonly<Record<keyof ReleaseModelEnv, unknown>>): Findings {
  const type = textOf(env.INSTANCE_TYPE);
  const count = Number(env.INSTANCES_MIN);
  const most = Number(env.INSTANCES_MAX);
  const price = priced.prices.instance(type);
  if (!price || Number.isNaN(count)) return [{ unpriced: `instance ${type} of an endpoint` }];
  const { usd, source } = price;
  const instances: Cost = {
    when: 'rest',
    what: `endpoint, ${count} × ${type}`,
    usd: count * HOURS * usd,
    most: Math.max(most, count) * HOURS * usd,
    how: `${count} × ${HOURS} h × ${usd}${most > count ? `, under load up to ${most}` : ''}`,
    source,
  };
  if (hasLocalStorage(type)) return [instances];
  return [
    instances,
    some(priced, 'rest', 'volumes of the endpoint', count * ENDPOINT_VOLUME_GB, 'ml_volume_gb_month'),
  ];
}

/** Monitoring jobs are started by a function, as often as its schedule says. */
function monitoring(priced: Priced, env: Readonly<Record<keyof StartMonitoringEnv, unknown>>): Findings {
  const metrics = some(priced, 'rest', 'metrics', Object.keys(METRICS).length, 'custom_metric_month');
  const type = textOf(env.INSTANCE_TYPE);
  const price = priced.prices.instance(type);
  if (!price) return [metrics, { unpriced: `instance ${type} of monitoring jobs` }];
  const runs = Object.values(priced.stack.template.Resources ?? {})
    .filter(({ Type }) => Type === 'AWS::Scheduler::Schedule')
    .map(({ Properties }) => recordOf(Properties))
    .filter(({ Target }) => textOf(recordOf(Target).Arn).startsWith(`\${${priced.id}`))
    .reduce((sum, { ScheduleExpression }) => sum + (runsAMonth(textOf(ScheduleExpression)) ?? 0), 0);
  // A run that has no new record to look at starts no job.
  const jobs = Math.min(runs, priced.usage.requests);
  return [
    metrics,
    {
      when: 'use',
      what: `monitoring jobs on ${type}`,
      usd: jobs * (JOB_MINUTES / 60) * price.usd,
      how: `${Math.round(jobs)} × ${JOB_MINUTES} min × ${price.usd}`,
      source: price.source,
    },
  ];
}

const lambdaFunction: Pricer = (priced) => {
  const env = recordOf(recordOf(properties(priced).Environment).Variables);
  if (('MODEL_ROLE_ARN' satisfies keyof ReleaseModelEnv) in env) {
    return endpoint(priced, env as Readonly<Record<keyof ReleaseModelEnv, unknown>>);
  }
  if (('JOB_ROLE_ARN' satisfies keyof StartMonitoringEnv) in env) {
    return monitoring(priced, env as Readonly<Record<keyof StartMonitoringEnv, unknown>>);
  }
  return [];
};

const trainingPipeline: Pricer = (priced) =>
  jobsOf(recordOf(properties(priced).PipelineDefinition).PipelineDefinitionBody).map((job) => {
    const cost = costOf(job, priced.prices);
    if (!cost) return { unpriced: `instance ${job.instance} of step ${job.step}` };
    const source = priced.prices.instance(job.instance)?.source ?? '';
    return { when: 'training' as const, what: `${job.step} on ${job.instance}`, source, ...cost };
  });

/** How resources are priced, by type. What is free or priced by use only is told by the table. */
export const PRICERS: Readonly<Record<string, Pricer>> = {
  'AWS::ApiGateway::RestApi': api,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': monthly('alarms', 'composite_alarm_month'),
  'AWS::CloudWatch::Dashboard': monthly('dashboards', 'dashboard_month'),
  'AWS::CodePipeline::Pipeline': priceDelivery,
  'AWS::EC2::NatGateway': monthly('NAT gateways', 'nat_hour', HOURS),
  'AWS::EC2::VPCEndpoint': vpcEndpoint,
  'AWS::ECR::Repository': monthly('images', 'ecr_gb_month', IMAGES_GB),
  'AWS::KMS::Key': monthly('keys', 'kms_key_month'),
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::S3::Bucket': monthly('buckets', 's3_gb_month', STORED_GB),
  'AWS::SageMaker::Pipeline': trainingPipeline,
  'AWS::Scheduler::Schedule': schedule,
  'AWS::SecretsManager::Secret': monthly('secrets', 'secret_month'),
  'AWS::WAFv2::WebACL': webAcl,
};
