import { normalTraffic, type Row, randomNumbers, shiftedTraffic } from '../../../rehearsal/traffic/rows';

const columns = { fields: ['text'], targets: ['topic'] };

test('the same seed draws the same rows', () => {
  expect(normalTraffic(rows(), 20, randomNumbers(1))).toEqual(normalTraffic(rows(), 20, randomNumbers(1)));
  expect(normalTraffic(rows(), 20, randomNumbers(1))).not.toEqual(
    normalTraffic(rows(), 20, randomNumbers(2)),
  );
});

test('random numbers are spread over 0 to 1', () => {
  const random = randomNumbers(3);
  const numbers = Array.from({ length: 10_000 }, random);

  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0.5, 1);
});

test('shifted traffic is mostly about the rarest class and keeps its true label', () => {
  const shifted = shiftedTraffic(rows(), columns, 400, randomNumbers(5));
  const rare = shifted.filter((row) => row.topic === 'claim');

  expect(rare.length / shifted.length).toBeGreaterThan(0.4);
  expect(rare.every((row) => row.text?.includes('c'))).toBe(true);
});

test('shifted traffic holds words that were never seen, of the same letters', () => {
  const [row] = shiftedTraffic(rows(), columns, 400, randomNumbers(5)).filter(
    ({ text }) => !rows().some((known) => known.text === text),
  );
  const letters = (text = '') => [...text].sort().join('');

  expect(row).toBeDefined();
  expect(rows().map(({ text }) => letters(text))).toContain(letters(row?.text));
});

test('whoever mistypes words leaves the tags of a mail alone', () => {
  const mail = { text: '<blockquote class="quoted">please</blockquote>', topic: 'claim' };

  for (const { text } of shiftedTraffic([mail], columns, 50, randomNumbers(5))) {
    expect(text).toMatch(/^<blockquote class="quoted">\w{6}<\/blockquote>$/);
  }
});

test('fails to make traffic from nothing', () => {
  expect(() => normalTraffic([], 1, randomNumbers(1))).toThrow('no held-out rows');
});

function rows(): Row[] {
  return [
    ...Array.from({ length: 9 }, () => ({
      text: 'please send another invoice',
      topic: 'billing',
    })),
    { text: 'the parcel arrived broken, compensation please', topic: 'claim' },
  ];
}
