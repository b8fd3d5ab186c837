import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { READS, readersOf, readOnly } from '../../../operations/doctor/readers';

const ROOM = join(__dirname, '../../../operations/doctor');

/** Every command of the SDK that doctor's sources name. */
const commands = readdirSync(ROOM, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => [...readFileSync(join(ROOM, file), 'utf8').matchAll(/new (\w+Command)\(/g)])
  .map(([, name = '']) => name);

test('doctor’s sources name commands that read, and no others', () => {
  expect(commands.length).toBeGreaterThan(30);
  expect(commands.filter((name) => !READS.test(name))).toEqual([]);
});

test('a client of doctor refuses a command that writes, before anything is sent', () => {
  const sent = jest.fn();
  const client = new SSMClient({ region: 'eu-west-1' });
  client.send = sent;
  const write = () => readOnly(client).send(new PutParameterCommand({ Name: 'a', Value: 'b' }));
  expect(write).toThrow('doctor only reads, and PutParameterCommand does not');
  expect(sent).not.toHaveBeenCalled();
});

test('every client that checks are given is one of those', () => {
  for (const reader of Object.values(readersOf({ region: 'eu-west-1' }))) {
    expect(() =>
      (reader as { send: (command: object) => void }).send(new (class DeleteAllCommand {})()),
    ).toThrow('doctor only reads');
  }
});
