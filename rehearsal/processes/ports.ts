import { createServer } from 'node:net';
import { Refusal } from '../../operations/terminal/refusal';

/** Finds a free TCP port on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no TCP port on 127.0.0.1');
  return address.port;
}

/**
 * Checks that a port a person chose can be opened on 127.0.0.1.
 *
 * @throws Refusal that names the port and what wanted it
 */
export async function requirePort(port: number, purpose: string): Promise<number> {
  const server = createServer();
  const error = await new Promise<NodeJS.ErrnoException | undefined>((done) => {
    server.once('error', done);
    server.listen(port, '127.0.0.1', () => done(undefined));
  });
  if (!error) {
    await new Promise((closed) => server.close(closed));
    return port;
  }
  const why =
    error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be opened (${error.code})`;
  throw new Refusal(
    `port ${port} on 127.0.0.1, wanted for ${purpose}, ${why}; stop that program or choose another port`,
  );
}
