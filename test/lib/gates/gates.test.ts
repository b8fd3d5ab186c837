import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  CfnResource,
  CloudFormationValidatePlugin,
  type IPolicyValidationContext,
  Stack,
} from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CachedValidation } from '../../../lib/gates/cached-validation';
import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';

const folder = mkdtempSync(join(tmpdir(), 'mlops-gates-'));
const cache = join(folder, 'cache');
const organisation = testOrganisation();

/** What the first leaves out: one account for all, an existing VPC, a budget. */
const other = testOrganisation(({ write }) =>
  write(
    'platform.yaml',
    PLATFORM_YAML.replaceAll('000011112222', '111122223333')
      .replaceAll('444455556666', '111122223333')
      .replace(
        'zones: [eu-west-1a, eu-west-1b]',
        'vpc: vpc-0a1b2c3d4e5f60718, subnets: [subnet-0a1b2c3d4e5f60718, subnet-0b1b2c3d4e5f60718]',
      )
      .replace('guardrails: {', 'guardrails: { monthly_budget_usd: 2000,'),
  ),
);

// One for all: starting the engine takes seconds.
const validation = new CachedValidation(cache, 'test');
afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  organisation.remove();
  other.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What an App gives a plugin after it wrote an assembly. */
function contextOf(app: App, assembly: CloudAssembly): IPolicyValidationContext {
  return {
    appConstruct: app,
    templatePaths: assembly.stacks.map((stack) => stack.templateFullPath),
    stackTemplates: assembly.stacks.map((stack) => ({
      stackConstructPath: stack.id,
      templatePath: stack.templateFullPath,
      accountId: stack.environment.account,
      region: stack.environment.region,
    })),
  };
}

/** An app of two equal stacks with one mistake each, written to a folder of the given name. */
function mistaken(name: string): IPolicyValidationContext {
  const app = new App({ outdir: join(folder, name), analyticsReporting: false });
  for (const id of ['One', 'Two']) {
    const stack = new Stack(app, id, { env: { account: '111122223333', region: 'eu-west-1' } });
    new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { DelaySecond: 1 } });
  }
  return contextOf(app, app.synth());
}

const ORGANISATIONS = [
  ['two accounts with networks of their own', organisation],
  ['one account, in a network that is there', other],
] as const;

test.each(ORGANISATIONS)(
  'cdk-nag finds nothing in %s that is not acknowledged with a reason',
  (_, { app }) => {
    const { violations } = new AwsSolutionsChecks().validateScope(app);

    expect(
      violations.map(({ ruleName, violatingResources }) => [
        ruleName,
        ...violatingResources.map(({ constructPath }) => constructPath),
      ]),
    ).toEqual([]);
  },
);

test.each(ORGANISATIONS)("CloudFormation's rules find no error in any stack of %s", (_, { app }) => {
  const context = contextOf(app, app.synth());

  const report = validation.validate(context);

  expect(context.stackTemplates).toHaveLength(11);
  expect(report.violations.filter(({ severity }) => severity === 'error')).toEqual([]);
  // Zones are named on purpose; the network acknowledges it.
  expect(new Set(report.violations.map(({ ruleName }) => ruleName))).toEqual(new Set(['W3010']));
});

test('kept findings are those of the engine, and name the templates of this synthesis', () => {
  const first = mistaken('first');
  const second = mistaken('second');
  const cache = join(folder, 'cache');
  const engine = jest.spyOn(CloudFormationValidatePlugin.prototype, 'validate');

  const uncached = new CloudFormationValidatePlugin().validate(second);
  expect(uncached.success).toBe(false);
  expect(validation.validate(first).violations).toHaveLength(uncached.violations.length);
  engine.mockClear();
  const cached = new CachedValidation(cache, 'test').validate(second);

  expect(engine).not.toHaveBeenCalled();
  expect(cached).toEqual(uncached);
});

test('another version of the library finds out anew', () => {
  const context = mistaken('upgraded');
  const engine = jest
    .spyOn(CloudFormationValidatePlugin.prototype, 'validate')
    .mockReturnValue({ success: true, violations: [] });
  const upgraded = join(folder, 'upgraded-cache');
  new CachedValidation(upgraded, '2.0.0').validate(context);
  new CachedValidation(upgraded, '2.0.0').validate(context);
  expect(engine).toHaveBeenCalledTimes(1);

  new CachedValidation(upgraded, '2.0.1').validate(context);

  expect(engine).toHaveBeenCalledTimes(2);
});
