import { targetsAfter } from '../../../lambda/release-model/targets';

const FIRST = '2026-10-01T08:00:00.000Z';
const THEN = '2026-11-01T08:00:00.000Z';
const NOW = '2026-12-01T08:00:00.000Z';

const first = targetsAfter(undefined, 1, { topic: ['billing', 'delivery'] }, FIRST);

test('the classes of the first version are all known since then', () => {
  expect(first).toEqual({
    modelVersion: 1,
    targets: {
      topic: {
        classes: [
          { name: 'billing', since: FIRST },
          { name: 'delivery', since: FIRST },
        ],
        changed: FIRST,
        removed: [],
      },
    },
  });
});

test('a version that knows the same classes changes no time', () => {
  const { modelVersion, targets } = targetsAfter(first, 2, { topic: ['billing', 'delivery'] }, NOW);

  expect(modelVersion).toBe(2);
  expect(targets).toEqual(first.targets);
});

test('a new class is known from now on, and one that is gone was known until now', () => {
  const { topic } = targetsAfter(first, 2, { topic: ['billing', 'refund'] }, NOW).targets;

  expect(topic).toEqual({
    classes: [
      { name: 'billing', since: FIRST },
      { name: 'refund', since: NOW },
    ],
    changed: NOW,
    removed: [{ name: 'delivery', since: FIRST, until: NOW }],
  });
});

test('going back brings classes back as if they had never been away', () => {
  const second = targetsAfter(first, 2, { topic: ['billing', 'refund'] }, THEN);

  const { topic } = targetsAfter(second, 1, { topic: ['billing', 'delivery'] }, NOW).targets;

  expect(topic?.classes).toEqual(first.targets.topic?.classes);
  expect(topic?.removed).toEqual([{ name: 'refund', since: THEN, until: NOW }]);
});

test('what is gone is told latest first, and forgotten after two hundred', () => {
  const many = Array.from({ length: 300 }, (_, index) => `class-${index}`);
  const before = targetsAfter(first, 2, { topic: many }, THEN);

  const { removed = [] } = targetsAfter(before, 3, { topic: ['other'] }, NOW).targets.topic ?? {};

  expect(removed).toHaveLength(200);
  expect(removed.every(({ until }) => until === NOW)).toBe(true);
});

test('a target that is not predicted any more is left out', () => {
  expect(Object.keys(targetsAfter(first, 2, { urgency: ['high'] }, NOW).targets)).toEqual(['urgency']);
});
