import { quotas } from '../../../../operations/doctor/checks/quotas';
import { instanceNeeds } from '../../../../operations/doctor/instance-needs';
import answers from '../../../fixtures/answers/service-quotas.json';
import { configWith, recordedSubject, templateConfig } from '../subject';

const GPU = configWith({
  prod: {
    train: { instance: 'ml.g5.2xlarge', spot: true, max_hours: 4, tune: 0 },
    serve: { instance: 'ml.m5.large', instances: { min: 2, max: 6 }, release: 'canary', bake_minutes: 10 },
  },
});

const ofProd = { account: '444455556666', region: 'eu-west-1' };

/** Pages as Service Quotas gives them: the second one holds what is looked for. */
const pages = (all: readonly object[]) => (input: Record<string, unknown>) =>
  input.NextToken === undefined ? { Quotas: all.slice(0, 1), NextToken: 'more' } : { Quotas: all.slice(1) };

describe('instanceNeeds', () => {
  test('names the quota of every declared instance by its use', () => {
    expect(instanceNeeds(GPU, ofProd).map(({ quota }) => quota)).toEqual([
      'ml.g5.2xlarge for spot training job usage',
      'ml.m5.large for endpoint usage',
      'ml.m5.large for processing job usage',
    ]);
  });

  test('counts instances at rest as needed, and those under load twice while a release goes on', () => {
    const [endpoint] = instanceNeeds(GPU, ofProd).filter(({ quota }) => quota.includes('endpoint'));
    expect(endpoint).toMatchObject({ least: 2, most: 12, by: ['mail in prod'] });
  });

  test('adds up what environments in one account and region need', () => {
    const config = templateConfig();
    const prod = config.platform.environments.prod;
    const dev = config.platform.environments.dev;
    if (!prod || !dev) throw new Error('the template has dev and prod');
    const one = {
      ...config,
      platform: { ...config.platform, environments: { dev: { ...dev, account: prod.account }, prod } },
    };
    const [endpoint] = instanceNeeds(one, ofProd).filter(({ quota }) => quota.includes('endpoint'));
    expect(endpoint).toMatchObject({ least: 3, most: 9, by: ['mail in dev', 'mail in prod'] });
  });

  test('asks dev for the machine of a costlier learner of prod, which is tried out there first', () => {
    const [project] = GPU.projects;
    if (!project) throw new Error('there is a project');
    const { dev, prod } = project.environments;
    if (!dev || !prod) throw new Error('the project runs in both');
    const learner = { train: 'linear', serve: 'linear', accelerator: 'gpu' as const, weights: false };
    const kind = { ...project.kind, learners: { ...project.kind.learners, transformer: learner } };
    const costlier = {
      ...GPU,
      projects: [{ ...project, kind, environments: { dev, prod: { ...prod, learner: 'transformer' } } }],
    };
    const ofDev = { account: '111122223333', region: 'eu-west-1' };
    const trained = (config: typeof GPU) =>
      instanceNeeds(config, ofDev).flatMap(({ quota }) => (quota.includes('training') ? quota : []));
    expect(trained(costlier)).toContain('ml.g5.2xlarge for training job usage');
    expect(trained(GPU).join()).not.toContain('ml.g5.2xlarge');
  });
});

describe('quotas', () => {
  test('tells of a GPU quota of 0, with the command that asks for more and the right code', async () => {
    const subject = recordedSubject(
      { ListServiceQuotas: pages(answers.Quotas) },
      { name: 'prod', config: GPU, profile: 'mlops-prod' },
    );
    const [gpu, endpoint, processing] = await quotas.look(subject);
    expect(gpu).toEqual({
      level: 'error',
      what: 'quota ml.g5.2xlarge for spot training job usage is 0, and mail in prod need 1',
      fix:
        'aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-C1B9A48D ' +
        '--desired-value 1 --region eu-west-1 --profile mlops-prod',
    });
    expect(endpoint).toMatchObject({
      level: 'warning',
      what: expect.stringContaining('a release, which makes the new instances before the old ones go'),
      fix: expect.stringContaining('--quota-code L-E1BB44FE --desired-value 12'),
    });
    expect(processing).toMatchObject({ level: 'ok' });
  });

  test('asks the defaults for a quota that nobody ever changed', async () => {
    const [gpu, ...others] = answers.Quotas;
    const subject = recordedSubject(
      { ListServiceQuotas: { Quotas: others }, ListAWSDefaultServiceQuotas: { Quotas: [gpu] } },
      { name: 'prod', config: GPU },
    );
    expect(await quotas.look(subject)).toMatchObject([{ level: 'error' }, {}, {}]);
  });

  test('tells of an instance type that the region does not have', async () => {
    const subject = recordedSubject(
      { ListServiceQuotas: { Quotas: [] }, ListAWSDefaultServiceQuotas: { Quotas: [] } },
      { name: 'prod', config: GPU },
    );
    const [gpu] = await quotas.look(subject);
    expect(gpu).toMatchObject({
      level: 'error',
      what: 'there is no quota "ml.g5.2xlarge for spot training job usage" in eu-west-1, which mail in prod would need',
    });
  });
});
