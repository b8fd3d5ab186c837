import { releaseStates, TURN_SECONDS } from '../../../lib/constructs/release-states';

const { StartAt, States, TimeoutSeconds } = releaseStates(
  'arn:aws:lambda:eu-west-1:111122223333:function:release',
);

test('six states: two that ask, one that chooses, one that waits, two that end', () => {
  expect(StartAt).toBe('Intake');
  expect(Object.entries(States).map(([name, state]) => [name, Reflect.get(state, 'Type')])).toEqual([
    ['Intake', 'Task'],
    ['Next?', 'Choice'],
    ['Wait', 'Wait'],
    ['Turn', 'Task'],
    ['Released', 'Succeed'],
    ['Refused', 'Fail'],
  ]);
});

test.each([
  ['Intake', true],
  ['Turn', false],
])('%s tells the function the request, who asks, and first: %s', (name, first) => {
  expect(States[name]).toMatchObject({
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: 'arn:aws:lambda:eu-west-1:111122223333:function:release',
      Payload: { 'request.$': '$$.Execution.Input', 'holder.$': '$$.Execution.Id', first },
    },
    Next: 'Next?',
  });
});

test.each([
  ['wait', 'Wait'],
  ['done', 'Released'],
])('"%s" leads to %s', (answer, state) => {
  expect(States['Next?']).toMatchObject({
    Choices: expect.arrayContaining([{ Variable: '$.next', StringEquals: answer, Next: state }]),
  });
});

test('every other answer is a refusal, whose message is the cause', () => {
  expect(States['Next?']).toMatchObject({ Default: 'Refused' });
  expect(States.Refused).toEqual({ Type: 'Fail', Error: 'ReleaseRefused', CausePath: '$.message' });
});

test('it waits as long as the function says, then asks again', () => {
  expect(States.Wait).toEqual({ Type: 'Wait', SecondsPath: '$.seconds', Next: 'Turn' });
});

test('a turn may end by itself before it is given up, and a run before it is stopped', () => {
  expect(States.Turn).toMatchObject({ TimeoutSeconds: TURN_SECONDS + 10 });
  expect(TimeoutSeconds).toBe(6 * 60 * 60);
});
