import { capturedHours } from '../../../lambda/start-monitoring/new-records';

test.each([
  ['feedback/2026/11/22/08/id_2026112110.jsonl', ['2026/11/21/10', '2026/11/21/11']],
  ['feedback/2027/01/01/00/id_2026123123.jsonl', ['2026/12/31/23', '2027/01/01/00']],
])('%s leads to the hour of its answer and the next', (key, hours) => {
  expect(capturedHours(key)).toEqual(hours);
});

test('an object that is not named like feedback leads nowhere', () => {
  expect(capturedHours('feedback/2026/11/22/08/id.jsonl')).toEqual([]);
});
