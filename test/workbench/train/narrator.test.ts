import { stripVTControlCharacters } from 'node:util';
import { Narrator } from '../../../workbench/train/narrator';

function narrator(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const stream = { isTTY, ...(columns && { columns }), write: (text: string) => written.push(text) };
  return { written, narrator: new Narrator(stream, { NO_COLOR: '1' }) };
}

test('in a log each line of a step stands by itself', () => {
  const { written, narrator: told } = narrator(false);
  told.line('train', 'fit 40 %');
  told.line('train', 'fit 80 %');
  told.stop();
  expect(written).toEqual(['train      fit 40 %\n', 'train      fit 80 %\n']);
});

test('on a terminal one line changes, and the last thing a step said stays', () => {
  const { written, narrator: told } = narrator(true, 80);
  told.line('train', 'fit 40 %');
  told.line('train', 'fit 100 %');
  told.line('evaluate', 'started');
  told.stop();
  const lines = written.join('').split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/fit 100 %$/);
  expect(lines[1]).toMatch(/evaluate.*started$/);
});

test('a line never runs over the edge of the terminal', () => {
  const { written, narrator: told } = narrator(true, 60);
  told.line('train', 'x'.repeat(300));
  told.stop();
  const lines = stripVTControlCharacters(written.join('')).split(/\r|\n/);
  const widest = Math.max(...lines.map((line) => line.length));
  expect(widest).toBeLessThan(60);
});
