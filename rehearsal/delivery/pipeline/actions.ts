import type { AccountServices } from '../../account';
import { artifactStore } from '../build/artifacts';
import type { Builds } from '../build/builds';
import { type Session, sessionsOf } from '../build/sessions';
import type { Approvals } from './approvals';
import type { ActionExecution, ActionOutcome, Artifact, Execution } from './execution';
import { resolveVariables } from './variables';

interface ActionSettings {
  readonly services: Pick<AccountServices, 'emulator' | 'access'>;
  readonly builds: Builds;
  readonly approvals: Approvals;
  /** Folder for archives under way. */
  readonly folder: string;
  /** URL where sessions of roles are asked for. */
  readonly sts: string;
}

/** Does what an action does, as the role that would act in AWS. */
export type Act = (
  execution: Execution,
  done: ActionExecution,
  pipelineArn: string,
) => Promise<ActionOutcome>;

type Configuration = Readonly<Record<string, string>>;

/** The three kinds of actions that are played: a commit, a build, a person. */
export function actionsOf({ services, builds, approvals, folder, sts }: ActionSettings): Act {
  const { emulator, access } = services;
  const takeRole = sessionsOf(emulator, sts);
  const may = async (role: string, action: string, resource: string): Promise<void> => {
    const denial = await access.check({ role, action, resource });
    if (denial) throw new Error(`AccessDenied: ${denial}`);
  };

  async function source(
    execution: Execution,
    { action }: ActionExecution,
    configuration: Configuration,
    session: Session,
  ): Promise<ActionOutcome> {
    const {
      ConnectionArn = '',
      FullRepositoryId = '',
      BranchName = '',
      OutputArtifactFormat,
    } = configuration;
    if (OutputArtifactFormat && OutputArtifactFormat !== 'CODE_ZIP')
      throw new Error(`OutputArtifactFormat ${OutputArtifactFormat} is not played; allowed: CODE_ZIP`);
    await may(session.role, `${ConnectionArn.split(':')[2]}:UseConnection`, ConnectionArn);
    const { folder: files, commit, message, author } = execution.revision;
    const store = artifactStore(emulator, access, execution.definition, folder);
    for (const name of action.outputs) execution.artifacts.set(name, await store.put(session, name, files));
    return {
      external: commit,
      summary: message,
      variables: {
        AuthorEmail: author,
        BranchName,
        CommitId: commit,
        CommitMessage: message,
        ConnectionArn,
        FullRepositoryName: FullRepositoryId,
        ProviderType: 'GitHub',
      },
    };
  }

  async function build(
    execution: Execution,
    { action, stage }: ActionExecution,
    configuration: Configuration,
  ): Promise<ActionOutcome> {
    const { definition, revision } = execution;
    const project = configuration.ProjectName ?? '';
    const resource = `arn:aws:codebuild:${emulator.region}:${emulator.account}:project/${project}`;
    for (const what of ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'])
      await may(definition.roleArn, what, resource);
    const { artifacts, ...outcome } = await builds.play({
      project,
      title: `${stage}/${action.name}`,
      variables: variablesOf(configuration.EnvironmentVariables),
      inputs: action.inputs.map((name) => artifactIn(execution, name)),
      outputs: action.outputs,
      commit: revision.commit,
      initiator: `codepipeline/${definition.name}`,
      takeRole,
      store: artifactStore(emulator, access, definition, folder),
    });
    for (const artifact of artifacts) execution.artifacts.set(artifact.name, artifact);
    return outcome;
  }

  return async (execution, done, pipelineArn) => {
    const { action } = done;
    const session = await takeRole(execution.definition.roleArn, 'codepipeline.amazonaws.com', {
      name: execution.id,
      sourceArn: pipelineArn,
    });
    const configuration = Object.fromEntries(
      Object.entries(action.configuration).map(([key, value]) => [
        key,
        resolveVariables(value, execution.variables),
      ]),
    );
    if (action.provider === 'CodeStarSourceConnection')
      return source(execution, done, configuration, session);
    if (action.provider === 'Manual') return approvals.ask(execution, done, configuration, session);
    return build(execution, done, configuration);
  };
}

function artifactIn(execution: Execution, name: string): Artifact {
  const artifact = execution.artifacts.get(name);
  if (!artifact) throw new Error(`no action before has put the artifact ${name}`);
  return artifact;
}

/** The variables of a CodeBuild action: JSON text in its configuration. */
function variablesOf(text: string | undefined): Record<string, string> {
  const list: Array<{ name: string; value: string; type?: string }> = JSON.parse(text ?? '[]');
  const other = list.find(({ type }) => type !== undefined && type !== 'PLAINTEXT');
  if (other)
    throw new Error(`the variable ${other.name} of type ${other.type} is not played; allowed: PLAINTEXT`);
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}
