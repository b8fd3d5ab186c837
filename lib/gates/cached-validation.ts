import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationValidatePlugin,
  type IPolicyValidationContext,
  type PolicyValidationPluginReport,
  type PolicyValidationStack,
  type PolicyViolation,
} from 'aws-cdk-lib';

/**
 * CloudFormation's own rules over every template, at the cost of reading a file when the template has not changed.
 *
 * The engine takes seconds to start and is three quarters of a synthesis. What it finds in a template depends on
 * the template, account, region and the library alone, so its findings are kept under a hash of these. Registering
 * this plugin replaces the built-in one.
 */
export class CachedValidation extends CloudFormationValidatePlugin {
  /**
   * @param folder where findings are kept; may be deleted at any time
   * @param library version of the library that brings the rules
   */
  constructor(
    private readonly folder: string,
    private readonly library: string,
  ) {
    super();
  }

  /** The library's version: asking the engine for its own would start it. */
  override get version(): string {
    return this.library;
  }

  /** None by name: the list is used for AWS's statistics only, and would start the engine. */
  override get ruleIds(): string[] {
    return [];
  }

  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const keyed = context.stackTemplates.map((stack) => ({
      stack,
      file: join(this.folder, this.keyOf(stack)),
    }));
    const fresh = keyed.filter(({ file }) => read(file) === undefined);
    // One call for all that changed, so that the engine starts once; then each template's findings by themselves.
    if (fresh.length > 0) {
      const stackTemplates = fresh.map(({ stack }) => stack);
      const templatePaths = stackTemplates.map(({ templatePath }) => templatePath);
      const { violations } = super.validate({ ...context, stackTemplates, templatePaths });
      for (const { stack, file } of fresh) write(file, findingsOf(violations, stack));
    }
    const violations = merge(
      keyed.flatMap(({ stack, file }) => (read(file) ?? []).map((violation) => placed(violation, stack))),
    );
    return {
      success: violations.every(({ severity }) => severity !== 'error' && severity !== 'fatal'),
      violations,
    };
  }

  private keyOf({ templatePath, accountId, region, stackConstructPath }: PolicyValidationStack): string {
    const hash = createHash('sha256');
    for (const part of [FORMAT, this.library, accountId, region, stackConstructPath])
      hash.update(`${part}\0`);
    return `${hash.update(readFileSync(templatePath)).digest('hex')}.json`;
  }
}

/** Changes when what is kept in a file does. */
const FORMAT = 'findings-1';

/** The findings of one template, out of those of several. */
function findingsOf(violations: readonly PolicyViolation[], stack: PolicyValidationStack): PolicyViolation[] {
  return violations.flatMap((violation) => {
    const violatingResources = violation.violatingResources.filter(
      ({ templatePath }) => templatePath === stack.templatePath,
    );
    return violatingResources.length > 0 ? [{ ...violation, violatingResources }] : [];
  });
}

/** A kept finding names the file it was found in then; this synthesis writes its templates elsewhere. */
function placed(violation: PolicyViolation, { templatePath }: PolicyValidationStack): PolicyViolation {
  return {
    ...violation,
    violatingResources: violation.violatingResources.map((resource) => ({ ...resource, templatePath })),
  };
}

/** As the engine does: equal findings in several templates are one, with all of their resources. */
function merge(violations: readonly PolicyViolation[]): PolicyViolation[] {
  const merged = new Map<string, PolicyViolation>();
  for (const violation of violations) {
    const key = JSON.stringify([violation.ruleName, violation.severity, violation.description]);
    const same = merged.get(key);
    const violatingResources = [...(same?.violatingResources ?? []), ...violation.violatingResources];
    merged.set(key, { ...(same ?? violation), violatingResources });
  }
  return [...merged.values()];
}

function read(file: string): PolicyViolation[] | undefined {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(kept) ? kept : undefined;
  } catch {
    // Absent, or damaged by whoever cleaned up: found out again.
    return undefined;
  }
}

function write(file: string, violations: readonly PolicyViolation[]): void {
  mkdirSync(join(file, '..'), { recursive: true });
  const half = `${file}.${process.pid}`;
  writeFileSync(half, JSON.stringify(violations));
  renameSync(half, file);
}
