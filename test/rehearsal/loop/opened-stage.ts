import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadProject } from '../../../bin/commands/bundle';
import { rehearsalOf } from '../../../bin/commands/rehearse';
import { openStage } from '../../../rehearsal/open-stage';
import type { Belongings } from '../../../rehearsal/processes/belongings';
import { Progress } from '../../../rehearsal/report/progress';
import type { Report } from '../../../rehearsal/report/report';
import { Run } from '../../../rehearsal/run';
import type { Stage } from '../../../rehearsal/stage';

/** A stage that is deployed in this process, and on which nothing was played yet. */
export interface OpenedStage {
  readonly stage: Stage;
  readonly endpoints: NonNullable<Report['endpoints']>;
  /** Environment of a person at the command line, who is the root user of an account. @param account `test`: that of the stage */
  personIn(account?: string): NodeJS.ProcessEnv;
}

/**
 * Opens a stage in this process.
 *
 * @param projects folder of platform.yaml and of one project
 * @param pingTimeoutMs milliseconds a model server has to answer. @default - that of the local SageMaker
 */
export async function openedStage(
  projects: string,
  belongings: Belongings,
  pingTimeoutMs?: number,
): Promise<OpenedStage> {
  const { platform, project } = loadProject(projects, undefined);
  const settings = rehearsalOf(platform, project, { projects: resolve(projects) });
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const progress = new Progress(nowhere, false);
  const run = new Run(progress, undefined);
  const opened = openStage(
    { ...settings, ...(pingTimeoutMs && { pingTimeoutMs }) },
    { belongings, progress, run },
  );
  const stage = await opened.ready().catch((error: unknown) => {
    throw new Error(`the stage was not opened, logs: ${opened.logs}`, { cause: error });
  });
  const { endpoints } = opened.reached();
  if (!endpoints) throw new Error(`nothing was deployed, logs: ${opened.logs}`);
  return {
    stage,
    endpoints,
    personIn: (account = 'test') => ({
      AWS_ENDPOINT_URL: endpoints.aws,
      AWS_ENDPOINT_URL_SAGEMAKER: endpoints.sagemaker,
      AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING: endpoints.sagemaker,
      NODE_EXTRA_CA_CERTS: endpoints.caBundle,
      AWS_CA_BUNDLE: endpoints.caBundle,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      MLOPS_POLL_SECONDS: '0.3',
    }),
  };
}
