import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Belongings } from './processes/belongings';
import { runCommand } from './processes/command';
import { lastLines } from './processes/log';

export interface SynthesisSettings {
  readonly project: string;
  /** Folder of platform.yaml and the projects. */
  readonly projects: string;
  /** Folder the assembly is written to; it does not exist yet. */
  readonly output: string;
  readonly log: string;
  readonly belongings: Belongings;
}

/** What was synthesized, with every gate on. */
export interface Synthesized {
  readonly assembly: string;
  readonly stacks: number;
  readonly resources: number;
  /** Every template, as it was synthesized. */
  readonly templates: readonly unknown[];
  readonly happened: string;
  readonly evidence: string;
}

/**
 * Synthesizes the real app with the stock CDK CLI, without credentials; a finding of a gate makes it fail.
 *
 * @throws Error with the last lines of the log
 */
export async function synthesize(settings: SynthesisSettings): Promise<Synthesized> {
  const args = ['synth', '--quiet', '--output', settings.output, '--no-notices', '--no-color'];
  const context = ['-c', `project=${settings.project}`, '-c', `projects=${settings.projects}`];
  const code = await runCommand(
    {
      name: 'cdk synth',
      command: process.execPath,
      args: [join('node_modules', 'aws-cdk', 'bin', 'cdk'), ...args, ...context],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        // The gates are part of what is rehearsed, whatever the shell says.
        CDK_VALIDATION: 'true',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CDK_DISABLE_VERSION_CHECK: '1',
        NODE_NO_WARNINGS: '1',
      },
      log: settings.log,
    },
    settings.belongings,
  );
  if (code !== 0) throw new Error(`cdk synth failed; log: ${settings.log}\n${lastLines(settings.log, 30)}`);
  const templates = templatesOf(settings.output);
  const resources = templates.reduce((sum, { types }) => sum + types.length, 0);
  return {
    assembly: settings.output,
    stacks: templates.length,
    resources,
    templates: templates.map(({ template }) => template),
    happened: 'every gate on: CloudFormation rules and cdk-nag, offline, without credentials',
    evidence: `${templates.length} stacks, ${resources} resources, 0 findings`,
  };
}

/** Each stack of an assembly: its template and the resource types in it. */
export function templatesOf(
  assembly: string,
): Array<{ readonly stack: string; readonly types: string[]; readonly template: unknown }> {
  const manifest = JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8'));
  return Object.entries<{ type: string; properties?: { templateFile?: string } }>(manifest.artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([stack, artifact]) => {
      const template = JSON.parse(
        readFileSync(join(assembly, artifact.properties?.templateFile ?? ''), 'utf8'),
      );
      return {
        stack,
        template,
        types: Object.values<{ Type: string }>(template.Resources).map((resource) => resource.Type),
      };
    });
}
