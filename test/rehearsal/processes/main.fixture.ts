import { join } from 'node:path';
import { Belongings } from '../../../rehearsal/processes/belongings';
import { startChild } from '../../../rehearsal/processes/child';

// A program that owns a folder and a child, says so, and waits for the signal that ends it.
const belongings = new Belongings();
belongings.releaseOnSignals();
const path = belongings.folder(process.argv[2] ?? '.', 'owned-');
const child = startChild({
  name: 'sleeper',
  command: '/bin/sh',
  args: ['-c', 'sleep 60'],
  env: { PATH: process.env.PATH ?? '' },
  log: join(path, 'sleeper.log'),
});
belongings.add('sleeper', () => child.stop());
console.log(JSON.stringify({ pid: child.pid, path }));
setInterval(() => undefined, 1000);
