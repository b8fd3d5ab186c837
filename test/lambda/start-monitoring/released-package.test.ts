import {
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { releasedPackage } from '../../../lambda/start-monitoring/released-package';

const sagemaker = mockClient(SageMakerClient);
const PACKAGE = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/tickets-dev/3';

test('a package is monitored by its own image and code, against the folder of its own baseline', async () => {
  described({
    InferenceSpecification: { Containers: [{ Image: 'image:1' }] },
    CustomerMetadataProperties: { codeHash: 'c0de' },
    DriftCheckBaselines: {
      ModelDataQuality: {
        Statistics: { ContentType: 'application/json', S3Uri: 's3://a/runs/x/statistics.json' },
      },
    },
  });

  expect(await releasedPackage(new SageMakerClient({}), PACKAGE)).toEqual({
    image: 'image:1',
    codeHash: 'c0de',
    baseline: 's3://a/runs/x/',
  });
});

test('fails, naming all that is missing, for a package that the pipeline did not register', async () => {
  described({ InferenceSpecification: { Containers: [{ Image: 'image:1' }] } });

  await expect(releasedPackage(new SageMakerClient({}), PACKAGE)).rejects.toThrow(
    `${PACKAGE} has no CustomerMetadataProperties.codeHash, no DriftCheckBaselines.ModelDataQuality.Statistics.S3Uri`,
  );
});

function described(answer: Partial<DescribeModelPackageCommandOutput>): void {
  sagemaker.reset();
  sagemaker.on(DescribeModelPackageCommand, { ModelPackageName: PACKAGE }).resolves(answer);
}
