import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosenFiles } from '../../../rehearsal/delivery/build/artifacts';
import { pushedImages } from '../../../rehearsal/delivery/build/stand-ins';
import { StageLocks } from '../../../rehearsal/delivery/pipeline/locks';
import { resolveVariables } from '../../../rehearsal/delivery/pipeline/variables';

describe('variables', () => {
  const variables = new Map([['Source', { CommitId: 'abc' }]]);

  test('are replaced wherever they stand', () => {
    expect(resolveVariables('commit #{Source.CommitId} of #{Source.CommitId}', variables)).toBe(
      'commit abc of abc',
    );
  });

  test('fails for one that nobody has set, and says which there are', () => {
    expect(() => resolveVariables('#{Source.Author}', variables)).toThrow(
      'the variable #{Source.Author} has no value; known are Source.CommitId',
    );
  });
});

describe('artifacts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-artifact-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('hold the files of the patterns, hidden ones too, without links and what is excluded', () => {
    for (const name of ['cdk.out', 'node_modules/zod', '.hidden'])
      mkdirSync(join(folder, name), { recursive: true });
    for (const name of ['cdk.json', 'cdk.out/a.json', 'node_modules/zod/index.js', '.hidden/b'])
      writeFileSync(join(folder, name), '');
    symlinkSync(folder, join(folder, 'link'));
    expect(chosenFiles(folder, { files: ['**/*'], exclude: ['node_modules/**/*'] })).toEqual([
      '.hidden/b',
      'cdk.json',
      'cdk.out/a.json',
    ]);
  });
});

test('images that were pushed are read from what docker was asked', () => {
  const image = '000011112222.dkr.ecr.eu-west-1.amazonaws.com/mail:linear-1';
  expect(pushedImages([`docker build --tag ${image} .`, `docker push ${image}`, 'npm ci'])).toEqual([image]);
});

test('a stage is entered by one run at a time, in the order in which they came', async () => {
  const locks = new StageLocks();
  const order: string[] = [];
  const visit = async (who: string) => {
    const leave = await locks.enter('Dev');
    order.push(`${who} in`);
    await new Promise((next) => setTimeout(next, 5));
    order.push(`${who} out`);
    leave();
  };
  await Promise.all([visit('first'), visit('second'), visit('third')]);
  expect(order).toEqual(['first in', 'first out', 'second in', 'second out', 'third in', 'third out']);
});
