import { observe } from '../../../operations/doctor/check';
import { diagnosisOf, show } from '../../../operations/doctor/show';
import { denied } from '../../fixtures/answers/recorded';

const FINDINGS = [
  { environment: 'this machine', check: 'tools', level: 'ok', what: 'Node v20.11.0' },
  {
    environment: 'dev',
    check: 'bootstrap',
    level: 'error',
    what: 'not bootstrapped',
    fix: 'npx cdk bootstrap\nagain',
  },
  { environment: 'dev', check: 'budget', level: 'warning', what: 'budget is low', fix: 'npx cdk deploy' },
  { environment: 'dev', check: 'cost tags', level: 'skipped', what: 'not seen' },
] as const;

const plain = { paint: (_colour: string, text: string) => text };

test('findings are told by environment, each remedy on lines of its own, and counted at the end', () => {
  expect(show(diagnosisOf(FINDINGS), plain)).toBe(
    [
      'this machine',
      '  ✓ Node v20.11.0',
      '',
      'dev',
      '  ✗ not bootstrapped',
      '      npx cdk bootstrap',
      '      again',
      '  ! budget is low',
      '      npx cdk deploy',
      '  – not seen',
      '',
      '1 error, 1 warning, 1 not looked at',
    ].join('\n'),
  );
});

test('a machine gets the counts and the findings as they are', () => {
  expect(diagnosisOf(FINDINGS)).toEqual({ errors: 1, warnings: 1, findings: FINDINGS });
});

describe('a check that throws', () => {
  const check = (error: unknown) => ({
    name: 'stacks',
    permission: 'cloudformation:DescribeStacks',
    look: () => Promise.reject(error),
  });

  test('for a permission is skipped, and names it', async () => {
    expect(
      await observe(check(denied('cloudformation:ListStackResources')), {}, 'dev', 'arn:jo'),
    ).toMatchObject([
      {
        level: 'skipped',
        environment: 'dev',
        check: 'stacks',
        what: 'stacks: not looked at, because arn:jo may not cloudformation:ListStackResources',
      },
    ]);
  });

  test('for a permission that the service does not name, names the one it needs', async () => {
    const unnamed = Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
    expect(await observe(check(unnamed), {}, 'dev')).toMatchObject([
      { level: 'skipped', what: expect.stringContaining('cloudformation:DescribeStacks') },
    ]);
  });

  test('for anything else is a warning with its first line', async () => {
    expect(await observe(check(new TypeError('of no use\nat somewhere')), {}, 'dev')).toMatchObject([
      { level: 'warning', what: 'stacks: not looked at: of no use' },
    ]);
  });
});
