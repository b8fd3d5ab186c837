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

const folder = mkdtempSync(join(tmpdir(), 'mlops-gates-'));
const cache = join(folder, 'cache');
const organisation = testOrganisation();

// One for all: starting the engine takes seconds.
const validation = new CachedValidation(cache, 'test');
afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  organisation.remove();
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

test('cdk-nag finds nothing that is not acknowledged with a reason', () => {
  const { violations } = new AwsSolutionsChecks().validateScope(organisation.app);

  expect(
    violations.map(({ ruleName, violatingResources }) => [
      ruleName,
      ...violatingResources.map(({ constructPath }) => constructPath),
    ]),
  ).toEqual([]);
});

test("CloudFormation's rules find no error in any stack of dev and prod", () => {
  const context = contextOf(organisation.app, organisation.app.synth());

  const report = validation.validate(context);

  expect(context.stackTemplates).toHaveLength(10);
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
