import { stackEvent } from '../../../rehearsal/deployment/stack-event';

test('a line of progress is one event of one stack', () => {
  const line =
    'x-dev-training | 3/26 | 10:18:18 AM | CREATE_COMPLETE      | AWS::IAM::Role | Role (RoleC1A2)';
  expect(stackEvent(line)).toEqual({
    stack: 'x-dev-training',
    done: 3,
    status: 'CREATE_COMPLETE',
    type: 'AWS::IAM::Role',
  });
});

test('an update without a total is read as well', () => {
  const line =
    'x-dev-training |  0 | 10:18:18 AM | UPDATE_IN_PROGRESS   | AWS::CloudFormation::Stack | x-dev-training';
  expect(stackEvent(line)).toMatchObject({ done: 0, status: 'UPDATE_IN_PROGRESS' });
});

test.each(['x-dev-training: deploying... [1/5]', ' ✅  x-dev-training', '', 'Outputs: | a | b |'])(
  'the line "%s" is no event',
  (line) => expect(stackEvent(line)).toBeUndefined(),
);
