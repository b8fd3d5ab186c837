import {
  DescribeModelPackageCommand,
  SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { approveModel } from '../../../lambda/approve-model/approve-model';
import { APPROVED_BY_POLICY } from '../../../lambda/approve-model/contract';

const ARN = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/mail-dev/3';
const sagemaker = mockClient(SageMakerClient);
const run = () => approveModel({ sagemaker: new SageMakerClient({}) })({ detail: { ModelPackageArn: ARN } });

beforeEach(() => {
  sagemaker.reset();
  jest.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => jest.restoreAllMocks());

test('a pending model is approved, and says by what', async () => {
  sagemaker.on(DescribeModelPackageCommand).resolves({ ModelApprovalStatus: 'PendingManualApproval' });

  expect(await run()).toBe('approved');
  expect(sagemaker.commandCalls(UpdateModelPackageCommand).map(({ args }) => args[0].input)).toEqual([
    { ModelPackageArn: ARN, ModelApprovalStatus: 'Approved', ApprovalDescription: APPROVED_BY_POLICY },
  ]);
});

test.each(['Approved', 'Rejected'] as const)(
  'a late or repeated event changes nothing of a model that is %s',
  async (ModelApprovalStatus) => {
    sagemaker.on(DescribeModelPackageCommand).resolves({ ModelApprovalStatus });

    expect(await run()).toBe('not pending');
    expect(sagemaker.commandCalls(UpdateModelPackageCommand)).toEqual([]);
  },
);
