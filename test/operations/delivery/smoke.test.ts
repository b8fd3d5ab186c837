import { S3Client } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListPipelineExecutionsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { smoke } from '../../../operations/delivery/smoke';
import { fakeBuckets } from '../../lambda/start-training/fake-buckets';
import { testDelivery } from './delivery-of-a-test';

const { delivery, projects, environment } = testDelivery();
const { objects } = fakeBuckets();
const sagemaker = mockClient(SageMakerClient);
const ssm = mockClient(SSMClient);
const clients = {
  s3: new S3Client({ region: 'eu-west-1' }),
  sagemaker: new SageMakerClient({ region: 'eu-west-1' }),
  ssm: new SSMClient({ region: 'eu-west-1' }),
};
const BUCKET = 'mail-dev-artifacts-111122223333-eu-west-1';
afterAll(() => projects.remove());

beforeEach(() => {
  objects.clear();
  sagemaker.reset();
  ssm.reset();
  objects.set(`${BUCKET}/runs/older/train/rows.jsonl`, '{"subject":"a"}\n{"subject":"b"}\n');
  const execution = (id: string, PipelineExecutionStatus: 'Executing' | 'Succeeded') => ({
    PipelineExecutionArn: `arn:aws:sagemaker:eu-west-1:111122223333:pipeline/mail-dev/execution/${id}`,
    PipelineExecutionStatus,
  });
  sagemaker.on(ListPipelineExecutionsCommand).resolves({
    PipelineExecutionSummaries: [execution('newer', 'Executing'), execution('older', 'Succeeded')],
  });
  sagemaker.on(CreateTrainingJobCommand).resolves({});
  sagemaker
    .on(DescribeTrainingJobCommand)
    .resolvesOnce({ TrainingJobStatus: 'InProgress', SecondaryStatus: 'Starting' })
    .resolves({ TrainingJobStatus: 'Completed' });
  ssm.on(GetParametersCommand).callsFake(({ Names }: { Names: string[] }) => ({
    Parameters: Names.map((Name) => ({ Name, Value: Name.split('/').at(-1) })),
  }));
});

const request = () => sagemaker.commandCalls(CreateTrainingJobCommand)[0]?.args[0].input;

test('the next environment’s learner runs here, on its machine, isolated, on a few rows of the last training', async () => {
  expect(await smoke(delivery, environment('dev'), 'prod', clients)).toMatch(
    /^the learner of prod runs: mail-dev-smoke-[0-9a-f]{12} in /,
  );

  expect(request()).toMatchObject({
    RoleArn: 'arn:aws:iam::111122223333:role/mail-dev-job',
    ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
    EnableNetworkIsolation: true,
    VpcConfig: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['security-group-id'] },
    StoppingCondition: { MaxRuntimeInSeconds: 1_800 },
    Tags: expect.arrayContaining([
      { Key: 'mlops:project', Value: 'mail' },
      { Key: 'cost-center', Value: 'ml' },
    ]),
  });
  const uris = request()?.InputDataConfig?.map(({ DataSource }) => DataSource?.S3DataSource?.S3Uri);
  expect(uris?.[1]).toMatch(`s3://${BUCKET}/data/smoke/`);
  expect([...objects.keys()]).toContainEqual(
    expect.stringMatching(/\/data\/smoke\/[0-9a-f]{64}\/rows\.jsonl$/),
  );
});

test('it runs the code with the settings of the next environment', async () => {
  await smoke(delivery, environment('dev'), 'prod', clients);

  const [, prefix] =
    /s3:\/\/[^/]+\/(.*)/.exec(request()?.InputDataConfig?.[0]?.DataSource?.S3DataSource?.S3Uri ?? '') ?? [];
  const settings = JSON.parse(String(objects.get(`${BUCKET}/${prefix}settings.json`)));
  expect(settings).toMatchObject({ environment: 'prod', learner: 'linear' });
});

test('code that does not run there fails the step, with SageMaker’s reason', async () => {
  sagemaker
    .on(DescribeTrainingJobCommand)
    .resolvesOnce({ TrainingJobStatus: 'Failed', FailureReason: 'CUDA out of memory' });

  await expect(smoke(delivery, environment('dev'), 'prod', clients)).rejects.toThrow(
    /^the learner of prod does not run: mail-dev-smoke-\w+ is Failed, CUDA out of memory/,
  );
});

test('before the first training there are no rows, which is no failure', async () => {
  sagemaker.on(ListPipelineExecutionsCommand).resolves({ PipelineExecutionSummaries: [] });

  expect(await smoke(delivery, environment('dev'), 'prod', clients)).toBe(
    'no training has ended well in dev yet: there are no rows to try the learner of prod on',
  );
  expect(request()).toBeUndefined();
});

test('a platform that is not there is named', async () => {
  ssm.on(GetParametersCommand).resolves({ InvalidParameters: ['/mlops/dev/platform/subnet-1'] });

  await expect(smoke(delivery, environment('dev'), 'prod', clients)).rejects.toThrow(
    'the platform of dev has not published /mlops/dev/platform/subnet-1 · deploy it: npx cdk deploy dev-platform',
  );
});

test('a learner that starts from weights finds them here, or says how to stage them here', async () => {
  const { prod } = delivery.project.environments;
  if (!prod) throw new Error('the project runs in prod');
  const project = {
    ...delivery.project,
    environments: { ...delivery.project.environments, prod: { ...prod, learner: 'embedding' } },
  };
  const [model] = Object.values(project.baseModels);
  const tried = () => smoke({ ...delivery, project }, environment('dev'), 'prod', clients);

  await expect(tried()).rejects.toThrow('npm run weights -- mail --environment dev');
  for (const file of Object.keys(model?.files ?? {}))
    objects.set(`${BUCKET}/weights/${model?.hash}/${file}`, 'x');
  await tried();

  expect(request()?.InputDataConfig?.at(-1)).toMatchObject({
    ChannelName: 'weights',
    DataSource: { S3DataSource: { S3Uri: `s3://${BUCKET}/weights/${model?.hash}/` } },
  });
});
