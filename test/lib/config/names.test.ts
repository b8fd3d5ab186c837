import { MAX_BUCKET_NAME, MAX_PROJECT_NAME, namesOf, platformNamesOf } from '../../../lib/config/names';

const place = { project: 'mail', environment: 'dev', account: '111122223333', region: 'eu-west-1' };

test('every name begins with project and environment', () => {
  const { project, environment, metricNamespace, keyAlias, ...named } = namesOf(place);

  expect([project, environment, metricNamespace, keyAlias]).toEqual([
    'mail',
    'dev',
    'MLOps',
    'alias/mail-dev',
  ]);
  const literals = Object.values(named).flatMap((value) =>
    typeof value === 'string' ? [value] : Object.values(value),
  );
  expect(literals).toHaveLength(new Set(literals).size + 3); // endpoint, pipeline, group and prefix share one
  for (const literal of literals) expect(literal).toMatch(/^mail-dev(-|$)/);
});

test('buckets carry account and region, since their names are global', () => {
  expect(namesOf(place)).toMatchObject({
    artifactsBucket: 'mail-dev-artifacts-111122223333-eu-west-1',
    recordsBucket: 'mail-dev-records-111122223333-eu-west-1',
    logsBucket: 'mail-dev-logs-111122223333-eu-west-1',
  });
});

test('the longest project name still fits into a bucket name in prod and a region with a long name', () => {
  const project = 'a'.repeat(MAX_PROJECT_NAME);
  const { artifactsBucket } = namesOf({ ...place, project, environment: 'prod', region: 'ap-southeast-2' });

  expect(artifactsBucket).toHaveLength(MAX_BUCKET_NAME);
});

test('the platform publishes a subnet for every zone, in an environment of its own', () => {
  expect(platformNamesOf('dev', 3).parameters.subnetIds).toEqual([
    '/mlops/dev/platform/subnet-1',
    '/mlops/dev/platform/subnet-2',
    '/mlops/dev/platform/subnet-3',
  ]);
});
