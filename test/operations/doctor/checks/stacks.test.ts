import { stacks } from '../../../../operations/doctor/checks/stacks';
import events from '../../../fixtures/answers/stack-events.json';
import { deployed, recordedSubject } from '../subject';

const OTHERS = ['dev-platform', 'mail-dev-storage', 'mail-dev-serving', 'mail-dev-monitoring'];

const training = async (status: string) => {
  const subject = recordedSubject({
    DescribeStacks: deployed(...OTHERS, { name: 'mail-dev-training', status }),
    DescribeStackEvents: events,
  });
  const seen = await stacks.look(subject);
  return seen.find(({ what }) => what.includes('mail-dev-training'));
};

test('all stacks in a good state are one line', async () => {
  const subject = recordedSubject({ DescribeStacks: deployed(...OTHERS, 'mail-dev-training') });
  expect(await stacks.look(subject)).toMatchObject([{ level: 'ok' }]);
});

test.each([
  ['UPDATE_ROLLBACK_COMPLETE', 'warning', 'put right what it says, then npx cdk deploy mail-dev-training'],
  [
    'UPDATE_ROLLBACK_FAILED',
    'error',
    'put right what it says, then aws cloudformation continue-update-rollback --stack-name mail-dev-training --region eu-west-1',
  ],
  [
    'ROLLBACK_COMPLETE',
    'error',
    'aws cloudformation delete-stack --stack-name mail-dev-training --region eu-west-1\nput right what it says, then npx cdk deploy mail-dev-training',
  ],
  [
    'DELETE_FAILED',
    'error',
    'put right what it says, then aws cloudformation delete-stack --stack-name mail-dev-training --region eu-west-1',
  ],
  [
    'REVIEW_IN_PROGRESS',
    'warning',
    'aws cloudformation delete-stack --stack-name mail-dev-training --region eu-west-1',
  ],
  ['UPDATE_IN_PROGRESS', 'warning', expect.stringMatching(/^wait: aws cloudformation describe-stacks/)],
  ['IMPORT_ROLLBACK_FAILED', 'error', 'npx cdk deploy mail-dev-training'],
])('a stack in state %s is a finding of level %s, with what to do', async (status, level, fix) => {
  expect(await training(status)).toMatchObject({ level, fix });
});

test('the reason is the first failure of the last change, not one that only followed, nor an old one', async () => {
  const seen = await training('UPDATE_ROLLBACK_FAILED');
  expect(seen?.what).toContain(
    'Start (AWS::Lambda::Function): Resource handler returned message: "Unzipped size',
  );
  expect(seen?.what).not.toMatch(/cancelled|of another time/);
});

test('half a project is an error that names the rest, and a project that was never deployed is none', async () => {
  const half = recordedSubject({ DescribeStacks: deployed('dev-platform', 'mail-dev-storage') });
  expect(await stacks.look(half)).toContainEqual({
    level: 'error',
    what: 'mail is half deployed: mail-dev-training, mail-dev-serving and mail-dev-monitoring are not there',
    fix: 'npx cdk deploy mail-dev-training mail-dev-serving mail-dev-monitoring',
  });
  const none = recordedSubject({ DescribeStacks: deployed('dev-platform') });
  expect(await stacks.look(none)).toMatchObject([
    { level: 'ok' },
    { level: 'skipped', what: 'mail is not deployed in dev yet' },
  ]);
});

test('a platform that is not deployed is an error, and a project without delivery a warning', async () => {
  const dev = recordedSubject({ DescribeStacks: deployed() });
  expect(await stacks.look(dev)).toContainEqual({
    level: 'error',
    what: 'the platform of dev, stack dev-platform, is not deployed, and its projects need it',
    fix: 'npx cdk deploy dev-platform',
  });
  const delivery = recordedSubject({ DescribeStacks: deployed() }, { name: 'delivery' });
  expect(await stacks.look(delivery)).toEqual([
    {
      level: 'warning',
      what: 'stack mail-delivery is not deployed, so merges of mail are not delivered',
      fix: 'npx cdk deploy mail-delivery',
    },
  ]);
});

test('a stack that was deleted counts as not there', async () => {
  const subject = recordedSubject({
    DescribeStacks: deployed({ name: 'dev-platform', status: 'DELETE_COMPLETE' }),
  });
  expect(await stacks.look(subject)).toContainEqual(expect.objectContaining({ level: 'error' }));
});
