import { arn, Bench } from './support/bench';
import { modelPackage } from './support/requests';

const STATE_CHANGE = 'SageMaker Model Package State Change';
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open({ identify: async (caller) => `arn:aws:iam::111122223333:user/${caller}` });
});
afterAll(() => bench.close());

test('versions count up, are pending, and a number is never used twice', async () => {
  await group('counted');
  const first = await bench.call('create_model_package', modelPackage('counted'));
  expect(first.ModelPackageArn).toBe(arn('model-package', 'counted/1'));
  await bench.call('delete_model_package', { ModelPackageName: first.ModelPackageArn });
  const second = await bench.call('create_model_package', modelPackage('counted'));
  expect(
    await bench.call('describe_model_package', { ModelPackageName: second.ModelPackageArn }),
  ).toMatchObject({
    ModelPackageVersion: 2,
    ModelApprovalStatus: 'PendingManualApproval',
    ModelPackageStatus: 'Completed',
    ModelPackageStatusDetails: { ValidationStatuses: [] },
  });
  expect(
    await bench.refused('describe_model_package', { ModelPackageName: first.ModelPackageArn }),
  ).toMatchObject({ code: 'ValidationException' });
});

test('an approval says in its event which fields were updated, and so does any other update', async () => {
  await group('approved');
  const { ModelPackageArn } = await bench.call('create_model_package', modelPackage('approved'));
  await bench.call('update_model_package', {
    ModelPackageArn,
    ModelApprovalStatus: 'Approved',
    ApprovalDescription: 'looks good',
  });
  await bench.call('update_model_package', {
    ModelPackageArn,
    CustomerMetadataProperties: { stage: 'live' },
  });
  const [created, approved, stamped] = bench.events.filter((event) => event.resources[0] === ModelPackageArn);
  expect(created?.detail).toMatchObject({
    ModelApprovalStatus: 'PendingManualApproval',
    ModelPackageGroupName: 'approved',
    ModelPackageVersion: 1,
  });
  expect(created?.detail).not.toHaveProperty('UpdatedModelPackageFields');
  expect(approved).toMatchObject({
    source: 'aws.sagemaker',
    'detail-type': STATE_CHANGE,
    detail: {
      ModelApprovalStatus: 'Approved',
      UpdatedModelPackageFields: ['ModelApprovalStatus', 'ApprovalDescription'],
    },
  });
  expect(stamped?.detail).toMatchObject({
    ModelApprovalStatus: 'Approved',
    UpdatedModelPackageFields: ['CustomerMetadataProperties'],
  });
  expect(String(approved?.detail.CreationTime)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test.each([
  [['Approved', 'Rejected', 'Approved'], undefined],
  [['Rejected', 'Approved', 'Approved'], undefined],
  [['Approved', 'PendingManualApproval'], 'cannot change from Approved to PendingManualApproval'],
  [['Rejected', 'PendingManualApproval'], 'cannot change from Rejected to PendingManualApproval'],
])('approval may go %j: refused as %s', async (path, said) => {
  const name = `move-${path.join('-')}`;
  await group(name);
  const { ModelPackageArn } = await bench.call('create_model_package', modelPackage(name));
  const [last = '', ...before] = [...path].reverse();
  for (const ModelApprovalStatus of before.reverse())
    await bench.call('update_model_package', { ModelPackageArn, ModelApprovalStatus });
  const update = { ModelPackageArn, ModelApprovalStatus: last };
  if (said)
    expect(await bench.refused('update_model_package', update)).toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(said),
    });
  else await bench.call('update_model_package', update);
});

test('metadata is merged and removed by key', async () => {
  await group('metadata');
  const { ModelPackageArn } = await bench.call(
    'create_model_package',
    modelPackage('metadata', { CustomerMetadataProperties: { commit: 'abc', reason: 'merge' } }),
  );
  await bench.call('update_model_package', {
    ModelPackageArn,
    CustomerMetadataProperties: { reason: 'drift' },
    CustomerMetadataPropertiesToRemove: ['commit'],
  });
  expect(await bench.call('describe_model_package', { ModelPackageName: 'metadata/1' })).toMatchObject({
    CustomerMetadataProperties: { reason: 'drift' },
  });
});

test('packages are listed by approval, newest first when asked', async () => {
  await group('listed');
  for (const ModelApprovalStatus of ['Approved', 'Rejected', 'Approved'])
    await bench.call('create_model_package', modelPackage('listed', { ModelApprovalStatus }));
  const { ModelPackageSummaryList } = await bench.call('list_model_packages', {
    ModelPackageGroupName: 'listed',
    ModelApprovalStatus: 'Approved',
    SortOrder: 'Descending',
  });
  expect(
    (ModelPackageSummaryList as Array<{ ModelPackageVersion: number }>).map((one) => one.ModelPackageVersion),
  ).toEqual([3, 1]);
  expect((await bench.call('list_model_packages')).ModelPackageSummaryList).toEqual([]);
});

test.each([
  ['a group that does not exist', modelPackage('none'), 'does not exist'],
  [
    'tags of its own',
    modelPackage('rules', { Tags: [{ Key: 'a', Value: 'b' }] }),
    'carries the tags of its group',
  ],
  [
    'no group at all',
    modelPackage('rules', { ModelPackageGroupName: undefined, ModelPackageName: 'alone' }),
    'unversioned model package is not rehearsed',
  ],
])('a package is refused for %s', async (_what, request, said) => {
  await bench.call('create_model_package_group', { ModelPackageGroupName: 'rules' }).catch(() => undefined);
  const { ModelPackageGroupName, ...rest } = request;
  const refusal = await bench.refused('create_model_package', {
    ...rest,
    ...(ModelPackageGroupName && { ModelPackageGroupName }),
  });
  expect(refusal).toMatchObject({
    code: 'ValidationException',
    message: expect.stringMatching(new RegExp(said, 'i')),
  });
});

test('a package says who made it and who changed it last, where that is known', async () => {
  await group('signed');
  await bench.call('create_model_package', modelPackage('signed'));
  const ModelPackageName = arn('model-package', 'signed/1');
  await bench.call(
    'update_model_package',
    { ModelPackageArn: ModelPackageName, ModelApprovalStatus: 'Approved' },
    'approve-model',
  );

  expect(await bench.call('describe_model_package', { ModelPackageName })).toMatchObject({
    CreatedBy: { IamIdentity: { Arn: 'arn:aws:iam::111122223333:user/key/test' } },
    LastModifiedBy: { IamIdentity: { Arn: 'arn:aws:iam::111122223333:user/app/approve-model' } },
  });
});

test('a group is made once and deleted when it is empty', async () => {
  await group('once');
  expect(await bench.refused('create_model_package_group', { ModelPackageGroupName: 'once' })).toMatchObject({
    code: 'ValidationException',
    message: 'Model Package Group already exists',
  });
  await bench.call('delete_model_package_group', { ModelPackageGroupName: 'once' });
  expect(
    await bench.refused('describe_model_package_group', { ModelPackageGroupName: 'once' }),
  ).toMatchObject({ message: expect.stringContaining('does not exist') });
});

const group = (ModelPackageGroupName: string) =>
  bench.call('create_model_package_group', { ModelPackageGroupName });
