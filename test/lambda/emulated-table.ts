import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface EmulatedTable {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
  stop(): Promise<void>;
}

/**
 * A table of the emulator, for conditional writes: a map in memory would only repeat what we believe they do.
 *
 * @throws when the emulator is not installed, with the command that installs it
 */
export async function emulatedTable(): Promise<EmulatedTable> {
  const python = interpreter();
  const folder = mkdtempSync(join(tmpdir(), 'release-table-'));
  const port = await freePort();
  const emulator = spawn(python, ['-m', 'ministack'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: '111122223333',
      MINISTACK_REGION: 'eu-west-1',
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
    },
    stdio: 'ignore',
    detached: true,
  });
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const stop = async () => {
    client.destroy();
    await end(emulator);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const table = await createTable(client, emulator);
    return { dynamo: DynamoDBDocumentClient.from(client), table, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function interpreter(): string {
  const installed = join(__dirname, '../../.rehearsal/environments/emulator/bin/python');
  const python = process.env.REHEARSAL_EMULATOR_PYTHON ?? installed;
  if (existsSync(python)) return python;
  throw new Error(
    `no emulator at ${python}: run 'npm test', which installs it, or set REHEARSAL_EMULATOR_PYTHON`,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Doubles as the wait for the emulator, which is ready in half a second or so. */
async function createTable(client: DynamoDBClient, emulator: ChildProcess): Promise<string> {
  const table = 'mail-dev-state';
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      await client.send(
        new CreateTableCommand({
          TableName: table,
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
      return table;
    } catch (error) {
      if (emulator.exitCode !== null)
        throw new Error(`the emulator ended with exit code ${emulator.exitCode}`);
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** It holds nothing worth saving, so it is killed at once, with what it may have started. */
function end(emulator: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (emulator.exitCode !== null || emulator.pid === undefined) return resolve();
    emulator.once('exit', () => resolve());
    process.kill(-emulator.pid, 'SIGKILL');
  });
}
