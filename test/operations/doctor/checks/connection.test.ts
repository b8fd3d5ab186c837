import { connection } from '../../../../operations/doctor/checks/connection';
import { refused } from '../../../fixtures/answers/recorded';
import { recordedSubject } from '../subject';

const look = (answer: object | Error) =>
  connection.look(recordedSubject({ GetConnection: answer }, { name: 'delivery' }));

const inState = (ConnectionStatus: string) => ({
  Connection: { ConnectionName: 'github', ConnectionStatus, ProviderType: 'GitHub' },
});

test('an available connection is as it should be', async () => {
  expect(await look(inState('AVAILABLE'))).toMatchObject([{ level: 'ok' }]);
});

test('a pending one is an error, and the way to the handshake is given', async () => {
  const [seen] = await look(inState('PENDING'));
  expect(seen).toMatchObject({
    level: 'error',
    what: 'connection github waits for the handshake with GitHub, so it cannot read example/mlops yet',
  });
  expect(seen?.fix).toContain(
    'https://eu-west-1.console.aws.amazon.com/codesuite/settings/connections?region=eu-west-1',
  );
});

test.each([
  [inState('ERROR'), 'is in state ERROR'],
  [refused('ResourceNotFoundException'), 'there is no connection arn:aws:codeconnections:'],
])('anything else is an error that says so', async (answer, words) => {
  expect(await look(answer)).toMatchObject([{ level: 'error', what: expect.stringContaining(words) }]);
});
