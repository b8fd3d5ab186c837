import { Command, CommanderError } from 'commander';
import { ConfigError } from '../lib/config/problems';
import { Refusal } from '../operations/terminal/refusal';
import { StepFailed } from '../workbench/train/step';
import { approveCommand, rejectCommand } from './commands/approve';
import { benchCommand } from './commands/bench';
import { bundleCommand } from './commands/bundle';
import { codeownersCommand } from './commands/codeowners';
import { compareCommand } from './commands/compare';
import { costCommand } from './commands/cost';
import { deliverCommand } from './commands/deliver';
import { differencesCommand } from './commands/differences';
import { doctorCommand } from './commands/doctor';
import { initCommand } from './commands/init';
import { labelCommand } from './commands/label';
import { lockCommand } from './commands/lock';
import { newCommand } from './commands/new';
import { environmentsCommand, toolsCommand } from './commands/python';
import { rehearseCommand } from './commands/rehearse';
import { removeCommand } from './commands/remove';
import { schemasCommand } from './commands/schemas';
import { statusCommand } from './commands/status';
import { trainCommand } from './commands/train';
import { weightsCommand } from './commands/weights';

/**
 * The command line. Exit codes: 0 done, 1 it ran and failed, 2 it was asked for something that cannot be.
 *
 * @param argv arguments after the program's name
 */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  // What the SDK will need next year is not this person's concern; the lock file keeps it where it works.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  // A reader that has seen enough, such as `| head`, is no fault of the command.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const program = new Command('mlops')
    .description('One file describes an AI project; these commands play and prepare it on this machine.')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .helpCommand(false)
    .enablePositionalOptions();
  const exit = (status: number) => {
    code = status;
  };
  program.addCommand(initCommand());
  program.addCommand(newCommand());
  program.addCommand(removeCommand(exit));
  program.addCommand(trainCommand(exit));
  program.addCommand(compareCommand(exit));
  program.addCommand(weightsCommand());
  program.addCommand(lockCommand(exit));
  program.addCommand(rehearseCommand(exit));
  program.addCommand(labelCommand(exit));
  program.addCommand(statusCommand(exit));
  program.addCommand(approveCommand());
  program.addCommand(rejectCommand());
  program.addCommand(doctorCommand(exit));
  program.addCommand(deliverCommand(exit));
  program.addCommand(bundleCommand());
  program.addCommand(benchCommand());
  program.addCommand(costCommand(exit));
  program.addCommand(differencesCommand(exit));
  program.addCommand(codeownersCommand(exit));
  program.addCommand(schemasCommand(exit));
  program.addCommand(environmentsCommand());
  program.addCommand(toolsCommand(exit));
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    command.configureOutput({ getOutHelpWidth: helpWidth, getErrHelpWidth: helpWidth });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Refusal || error instanceof ConfigError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    if (error instanceof StepFailed) {
      // In a log its lines stand above already.
      const tail = process.stderr.isTTY ? `\n${error.tail}` : '';
      process.stderr.write(`${error.message}${tail}\n`);
      return 1;
    }
    // AWS says by itself what was wrong; where in our code it was asked is nobody's concern.
    if (error instanceof Error && '$metadata' in error) {
      process.stderr.write(`AWS refused: ${error.name}: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
  return code;
}

/** Columns of a help text: those of the terminal, and where there is none those of a log. */
const helpWidth = (): number => Math.min(process.stdout.columns ?? 110, 110);
