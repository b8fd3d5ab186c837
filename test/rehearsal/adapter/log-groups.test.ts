import { withLogGroups } from '../../../rehearsal/adapter/log-groups';

const policy = (Resource: unknown) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyDocument: { Statement: [{ Action: 'logs:GetLogEvents', Resource }] } },
});
const group = 'arn:aws:logs:eu-west-1:000011112222:log-group:/aws/codebuild/mail';

test.each([`${group}:*`, `${group}:log-stream:*`])('names the group beside the streams %s', (streams) => {
  expect(withLogGroups(policy(streams))).toEqual(policy([streams, group]));
});

test('leaves a group that is named already, references, and what is no log', () => {
  expect(withLogGroups(policy([`${group}:*`, group]))).toBeUndefined();
  expect(withLogGroups(policy({ 'Fn::GetAtt': ['Logs', 'Arn'] }))).toBeUndefined();
  expect(withLogGroups(policy('arn:aws:s3:::bucket/*'))).toBeUndefined();
});
