import { Command, InvalidArgumentError } from 'commander';
import { accessTo } from '../../operations/aws/credentials';
import { clientsOf } from '../../operations/status/clients';
import { type Decided, type Decision, decide, requireReason } from '../../operations/status/decide';
import { subjectOf } from '../../operations/status/subject';
import { helpEnd } from '../../operations/terminal/exit-codes';
import { answer, terminalOf } from '../../operations/terminal/terminal';
import { loadProject } from './bundle';

interface DecisionOptions {
  readonly environment?: string;
  readonly why?: string;
  readonly insist?: boolean;
  readonly json?: boolean;
  readonly projects: string;
}

/** Approves a model that waits, which releases it. */
export function approveCommand(): Command {
  return decisionCommand('approve', 'Approved')
    .summary('approve a model that waits, which releases it')
    .description(
      "Approve a model that passed its gate and waits. Shows the gate's sentence and the metrics, and the release begins. Where a person is asked, whoever wrote the commit may not approve.",
    )
    .option('--why <text>', 'a reason, kept with the model')
    .option('--insist', 'release it although it was compared with another model than that in service')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run approve -- email-classification 4',
          'npm run approve -- email-classification 4 --environment dev --why "better on refunds"',
        ],
        {
          done: 'it is approved',
          failed: 'AWS refused a call',
          cannot: 'it does not wait, you wrote it, or the account cannot be reached',
        },
      ),
    );
}

/** Rejects a model that waits. */
export function rejectCommand(): Command {
  return decisionCommand('reject', 'Rejected')
    .summary('reject a model that waits')
    .description('Reject a model that passed its gate and waits; what is in service stays.')
    .option('--why <text>', 'the reason, kept with the model; needed')
    .addHelpText(
      'after',
      helpEnd(['npm run reject -- email-classification 4 --why "refunds are called complaints"'], {
        done: 'it is rejected',
        failed: 'AWS refused a call',
        cannot: 'it does not wait, no reason is given, or the account cannot be reached',
      }),
    );
}

function decisionCommand(name: string, verdict: Decision['verdict']): Command {
  return new Command(name)
    .argument('<project>', 'a folder in projects/')
    .argument('<version>', 'number of the version, as npm run status shows it', versionFrom)
    .option(
      '--environment <name>',
      'environment of platform.yaml; by default the last that the project runs in',
    )
    .option('--json', 'answer as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .action(async (projectName: string, version: number, options: DecisionOptions) => {
      const terminal = terminalOf(process);
      const { platform, project } = loadProject(options.projects, projectName);
      const subject = subjectOf(platform, project, options.environment);
      const decision = { version, verdict, why: options.why?.trim(), insist: options.insist === true };
      requireReason(decision);
      const access = await accessTo(subject.at);
      const decided = await decide(clientsOf(access), access, subject, decision, terminal.say);
      answer(terminal, options.json, decided, sentence);
    });
}

const sentence = ({ project, environment, version, verdict, by, next }: Decided): string =>
  `Version ${version} of ${project} in ${environment} is ${verdict.toLowerCase()} by ${by}; ${next}`;

function versionFrom(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version > 0) return version;
  throw new InvalidArgumentError('it is a whole number from 1, as npm run status shows it.');
}
