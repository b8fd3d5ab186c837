import { ProductionVariantInstanceType, TrainingInstanceType } from '@aws-sdk/client-sagemaker';
import known from '../../../lib/config/instances.json';

test.each([
  ['training', TrainingInstanceType, known.training],
  ['hosting', ProductionVariantInstanceType, known.hosting],
] as const)(
  'the types for %s are those of the SDK: its enumeration, sorted, in instances.json',
  (_, api, types) => {
    expect(types).toEqual(Object.values(api).sort());
  },
);
