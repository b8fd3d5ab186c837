import { hasLocalStorage } from '../../pipelines/instance-storage';

test.each([
  ['ml.m5.large', false],
  ['ml.c6i.xlarge', false],
  ['ml.c5n.xlarge', false],
  ['ml.p3.2xlarge', false],
  ['ml.inf2.xlarge', false],
  ['ml.m5d.large', true],
  ['ml.m6gd.large', true],
  ['ml.c6id.large', true],
  ['ml.p3dn.24xlarge', true],
  ['ml.g4dn.xlarge', true],
  ['ml.g5.xlarge', true],
  ['ml.g6e.xlarge', true],
  ['ml.gr6.4xlarge', true],
  ['ml.g7e.2xlarge', true],
  ['ml.p4d.24xlarge', true],
  ['ml.dl1.24xlarge', true],
  ['ml.p5en.48xlarge', true],
  ['ml.p6-b200.48xlarge', true],
  ['ml.trn1.2xlarge', true],
])('%s has local storage: %p', (type, expected) => {
  expect(hasLocalStorage(type)).toBe(expected);
});
