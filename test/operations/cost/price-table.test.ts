import { BY_USE, FREE, pricesOf } from '../../../operations/cost/price-table';
import { PRICERS } from '../../../operations/cost/pricers';
import table from '../../../operations/cost/prices.json';

const regions = Object.entries(table.regions);

test.each(regions)('every price of %s is an amount with a source that is told', (_name, region) => {
  const known = Object.keys(table.sources);
  const listed = [...Object.values(region.instances), ...Object.values(region.items)];
  expect(listed.length).toBeGreaterThan(20);
  for (const { usd, source } of listed) {
    expect(usd).toBeGreaterThan(0);
    expect(known).toContain(source);
  }
});

test('every region has the same items', () => {
  const [first, ...others] = regions.map(([, { items }]) => Object.keys(items).sort());
  for (const items of others) expect(items).toEqual(first);
});

test('the table and its sources say of which day they are', () => {
  expect(table.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  for (const { url, as_of } of Object.values(table.sources)) {
    expect(url).toMatch(/^https:\/\//);
    expect(as_of).toMatch(/^\d{4}-\d{2}$/);
  }
});

test('no type is free and counted elsewhere, or free and priced', () => {
  expect(Object.keys(FREE).filter((type) => BY_USE[type] || PRICERS[type])).toEqual([]);
});

test('a type that a region does not list is priced from the reference by a factor, which its source says', () => {
  const price = pricesOf('eu-west-1').instance('ml.g5.2xlarge');
  expect(price?.usd).toBeCloseTo(1.515 * 1.117, 3);
  expect(price?.source).toMatch(/^us-east-1 × 1\.117: /);
});

test('where both are known, the factor is right to two per cent', () => {
  const { instances, instances_factor: factor } = table.regions['eu-west-1'];
  const reference: Record<string, { usd: number }> = table.regions['us-east-1'].instances;
  for (const [type, { usd }] of Object.entries(instances)) {
    const ratio = usd / ((reference[type]?.usd ?? Number.NaN) * factor);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
  }
});

test('a type that no list has, has no price', () => {
  expect(pricesOf('eu-west-1').instance('ml.p5.48xlarge')).toBeUndefined();
});
