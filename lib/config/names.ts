/** Where a project runs: what its names are made of. */
export interface Place {
  readonly project: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/** Characters of the longest bucket name that S3 takes. */
export const MAX_BUCKET_NAME = 63;

/** Characters of a project's name that fit beside environment, account and region in a bucket name. */
export const MAX_PROJECT_NAME = 20;

/** `<project>-<environment>`: the name of endpoint, pipeline and model package group, and the start of all others. */
function prefixOf({ project, environment }: Pick<Place, 'project' | 'environment'>): string {
  return `${project}-${environment}`;
}

/**
 * Every name that two parts of a project must agree on, as literals.
 *
 * Literals, not references, so that the stacks need nothing of each other to deploy side by side, and so that
 * functions, people and the rehearsal can say them.
 */
export function namesOf(place: Place) {
  const prefix = prefixOf(place);
  const bucket = (what: string) => `${prefix}-${what}-${place.account}-${place.region}`;
  return {
    prefix,
    project: place.project,
    environment: place.environment,
    /** Endpoint, SageMaker pipeline and model package group share one name. */
    endpoint: prefix,
    pipeline: prefix,
    modelPackageGroup: prefix,
    artifactsBucket: bucket('artifacts'),
    recordsBucket: bucket('records'),
    logsBucket: bucket('logs'),
    stateTable: `${prefix}-state`,
    inferencesTable: `${prefix}-inferences`,
    keyAlias: `alias/${prefix}`,
    ownerTopic: `${prefix}-owner`,
    releaseMachine: `${prefix}-release`,
    functions: {
      startTraining: `${prefix}-start-training`,
      releaseModel: `${prefix}-release-model`,
      invokeModel: `${prefix}-invoke-model`,
      recordFeedback: `${prefix}-record-feedback`,
      listTargets: `${prefix}-list-targets`,
      startMonitoring: `${prefix}-start-monitoring`,
      recordMetrics: `${prefix}-record-metrics`,
      tellOwner: `${prefix}-tell-owner`,
      approveModel: `${prefix}-approve-model`,
    },
    roles: {
      pipeline: `${prefix}-pipeline`,
      job: `${prefix}-job`,
      model: `${prefix}-model`,
      monitor: `${prefix}-monitor`,
    },
    alarms: {
      drift: `${prefix}-drift`,
      quality: `${prefix}-quality`,
      heartbeat: `${prefix}-heartbeat`,
      /** These two take a canary back. */
      endpointErrors: `${prefix}-endpoint-errors`,
      endpointLatency: `${prefix}-endpoint-latency`,
    },
    /** Monitoring jobs begin with this. */
    monitorJobs: `${prefix}-monitor-`,
    metricNamespace: 'MLOps',
    stacks: {
      storage: `${prefix}-storage`,
      training: `${prefix}-training`,
      serving: `${prefix}-serving`,
      monitoring: `${prefix}-monitoring`,
    },
  } as const;
}

export type Names = ReturnType<typeof namesOf>;

/** Names of an environment's platform, which every project in it reads at deploy time. */
export function platformNamesOf(environment: string, zones: number) {
  const parameter = (what: string) => `/mlops/${environment}/platform/${what}`;
  return {
    stack: `${environment}-platform`,
    /** What delivery may do in this environment. */
    deliveryRole: `mlops-${environment}-delivery`,
    /** What whoever gathers evidence for an approval may read of this environment. */
    reviewRole: `mlops-${environment}-review`,
    /** The most that any role of this environment may do. */
    boundary: `mlops-${environment}-boundary`,
    budget: `mlops-${environment}`,
    parameters: {
      vpcId: parameter('vpc-id'),
      /** One private subnet a zone, in the order of the zones. */
      subnetIds: Array.from({ length: zones }, (_, index) => parameter(`subnet-${index + 1}`)),
      securityGroupId: parameter('security-group-id'),
      pageTopicArn: parameter('page-topic-arn'),
      informTopicArn: parameter('inform-topic-arn'),
    },
  } as const;
}

export type PlatformNames = ReturnType<typeof platformNamesOf>;

/** Names of what delivers a project, in the account that delivers. */
export function deliveryNamesOf(place: Pick<Place, 'project' | 'account' | 'region'>) {
  const prefix = `${place.project}-delivery`;
  return {
    prefix,
    stack: prefix,
    pipeline: prefix,
    /** The project's images, in ECR. */
    repository: place.project,
    artifactsBucket: `${prefix}-${place.account}-${place.region}`,
    keyAlias: `alias/${prefix}`,
    /** The most that any role of this delivery may do. */
    boundary: `${prefix}-boundary`,
    ownerTopic: `${prefix}-owner`,
    roles: {
      pipeline: `${prefix}-pipeline`,
      /** May assume the `deliveryRole` of this environment, and of no other. */
      build: (environment: string) => `${prefix}-build-${environment}`,
      /** May assume the `reviewRole` of each environment. */
      review: `${prefix}-review`,
    },
    functions: { reportFailure: `${prefix}-report-failure` },
    /** The CodeBuild project of a step, and of the environment that it acts in. */
    build: (step: string, environment?: string) =>
      environment ? `${prefix}-${step}-${environment}` : `${prefix}-${step}`,
    /** Where a person approves before the stacks of an environment are changed. */
    approval: (environment: string) => ({ stage: `${capitalized(environment)}Approval`, action: 'Approval' }),
    /** Where the stacks of an environment are deployed and its model is trained. */
    stage: capitalized,
  } as const;
}

export type DeliveryNames = ReturnType<typeof deliveryNamesOf>;

/** `prod` → `Prod`, as CodePipeline shows it. */
function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
