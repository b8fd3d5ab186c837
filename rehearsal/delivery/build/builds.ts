import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetProjectsCommand, CodeBuildClient, type Project } from '@aws-sdk/client-codebuild';
import type { AccountServices } from '../../account';
import type { Belongings } from '../../processes/belongings';
import { runCommand } from '../../processes/command';
import { ActionFailed, type ActionOutcome, type Artifact } from '../pipeline/execution';
import type { ArtifactStore } from './artifacts';
import { type Buildspec, readBuildspec } from './buildspec';
import type { Session, TakeRole } from './sessions';
import { exportedIn, failureIn, scriptOf } from './shell';

/** A build as CodeBuild's API tells of it. */
export interface Build {
  readonly id: string;
  readonly arn: string;
  readonly projectName: string;
  readonly started: Date;
  readonly logGroup: string;
  readonly logStream: string;
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
}

export interface BuildRequest {
  readonly project: string;
  /** What a person calls the action: `Dev/Deploy`. */
  readonly title: string;
  /** Variables of the action, over those of the project. */
  readonly variables: Readonly<Record<string, string>>;
  readonly inputs: readonly Artifact[];
  readonly outputs: readonly string[];
  readonly commit: string;
  readonly initiator: string;
  readonly takeRole: TakeRole;
  readonly store: ArtifactStore;
}

export interface BuildSettings {
  readonly services: Pick<AccountServices, 'emulator' | 'access'>;
  /** Further variables of every build: the doors of this rehearsal. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of programs that are found before all others. */
  readonly programs: string;
  /** Folders that a build finds in its source, by name: what this checkout has made and a build machine would make anew. */
  readonly linked: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly logs: string;
  readonly belongings: Belongings;
  readonly say: (what: string) => void;
  /** Told what was asked for and not played. */
  readonly notPlayed: (what: string) => void;
}

/** Lines of a log that are sent to CloudWatch Logs; a request holds at most 10,000. */
const LOG_LINES = 2_000;

/** CodeBuild on this machine: a project's commands, run by bash in the unpacked input artifact. */
export class Builds {
  private readonly builds = new Map<string, Build>();

  constructor(private readonly settings: BuildSettings) {}

  /** A build by its id; undefined for one that never was. */
  get(id: string): Build | undefined {
    return this.builds.get(id);
  }

  /**
   * Runs a build to its end.
   *
   * @returns its exported variables, and the artifacts it put
   * @throws ActionFailed with the command that failed
   */
  async play(request: BuildRequest): Promise<ActionOutcome & { readonly artifacts: readonly Artifact[] }> {
    const project = await this.project(request.project);
    const build = this.begin(project);
    const role = project.serviceRole ?? '';
    const lines: string[] = [];
    try {
      const session = await request.takeRole(role, 'codebuild.amazonaws.com', {
        name: `AWSCodeBuild-${build.logStream}`,
        sourceArn: project.arn ?? '',
      });
      const outcome = await this.run(request, project, build, session, lines);
      await this.sendLog(build, role, lines);
      build.status = 'SUCCEEDED';
      return outcome;
    } catch (error) {
      build.status = 'FAILED';
      const message = error instanceof Error ? error.message : String(error);
      // Without a log the first reason is still the one to tell.
      const unlogged = await this.sendLog(build, role, lines).then(
        () => '',
        (reason: unknown) => `\n${String(reason)}`,
      );
      // In CodePipeline's words, which hold nothing of the log.
      const told = `Build terminated with state: FAILED. ${message.split('\n')[0]}`;
      throw new ActionFailed(`${message}${unlogged}`, build.id, told);
    }
  }

  private async project(name: string): Promise<Project> {
    const client = new CodeBuildClient(this.settings.services.emulator.client);
    const { projects = [] } = await client.send(new BatchGetProjectsCommand({ names: [name] }));
    if (!projects[0]) throw new ActionFailed(`there is no CodeBuild project ${name}`);
    return projects[0];
  }

  private begin(project: Project): Build {
    const { account, region } = this.settings.services.emulator;
    const stream = randomUUID();
    const id = `${project.name}:${stream}`;
    const build: Build = {
      id,
      arn: `arn:aws:codebuild:${region}:${account}:build/${id}`,
      projectName: project.name ?? '',
      started: new Date(),
      logGroup: `/aws/codebuild/${project.name}`,
      logStream: stream,
      status: 'IN_PROGRESS',
    };
    this.builds.set(id, build);
    return build;
  }

  private async run(
    request: BuildRequest,
    project: Project,
    build: Build,
    session: Session,
    lines: string[],
  ): Promise<ActionOutcome & { readonly artifacts: readonly Artifact[] }> {
    const { store, inputs, outputs, title } = request;
    const spec = readBuildspec(project.source?.buildspec ?? '');
    for (const runtime of spec.runtimes)
      this.settings.notPlayed(`${runtime} of the build image: this machine's stands in`);
    const work = join(this.settings.folder, build.logStream);
    const source = join(work, 'src');
    const [input, ...others] = inputs;
    if (!input || others.length > 0)
      throw new Error(`${title} has ${inputs.length} input artifacts; one is played`);
    await store.get(session, input, source);
    this.link(source);

    const files = { failures: join(work, 'failures'), exported: join(work, 'exported') };
    writeFileSync(join(work, 'build.sh'), scriptOf(spec, files));
    const log = join(this.settings.logs, `${title.replaceAll('/', '-').toLowerCase()}.log`);
    await runCommand(
      {
        name: title,
        command: 'bash',
        args: [join(work, 'build.sh')],
        env: this.environment(request, project, build, session, spec, work),
        cwd: source,
        log,
        onLine: (printed) => {
          const line = plain(printed);
          lines.push(line);
          const command = /^\[Container\] Running command (.*)/.exec(line)?.[1];
          if (command) this.settings.say(`${title}: ${command}`);
        },
      },
      this.settings.belongings,
    );
    const failure = existsSync(files.failures) ? failureIn(readFileSync(files.failures, 'utf8')) : undefined;
    if (failure) throw new Error(`${failure.sentence}\nlog: ${log}\n${lines.slice(-15).join('\n')}`);
    const exported = existsSync(files.exported) ? exportedIn(readFileSync(files.exported, 'utf8')) : {};
    const artifacts: Artifact[] = [];
    for (const name of outputs) artifacts.push(await store.put(session, name, source, spec.artifacts));
    return { external: build.id, variables: exported, artifacts, summary: said(lines) };
  }

  /** What a build machine would make anew and this checkout has. */
  private link(source: string): void {
    for (const [name, target] of Object.entries(this.settings.linked)) {
      mkdirSync(join(source, name, '..'), { recursive: true });
      if (existsSync(target)) symlinkSync(target, join(source, name));
    }
  }

  private environment(
    request: BuildRequest,
    project: Project,
    build: Build,
    session: Session,
    spec: Buildspec,
    work: string,
  ): Record<string, string> {
    const { services, programs, env } = this.settings;
    const { emulator } = services;
    const temporary = join(work, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const declared = (project.environment?.environmentVariables ?? []).map((variable) => {
      if (variable.type && variable.type !== 'PLAINTEXT')
        throw new Error(
          `the variable ${variable.name} of type ${variable.type} is not played; allowed: PLAINTEXT`,
        );
      return [variable.name, variable.value];
    });
    return {
      ...emulator.clientEnvironment,
      ...env,
      PATH: `${programs}:${emulator.clientEnvironment.PATH}`,
      TMPDIR: temporary,
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
      CODEBUILD_BUILD_ID: build.id,
      CODEBUILD_BUILD_ARN: build.arn,
      CODEBUILD_SRC_DIR: join(work, 'src'),
      CODEBUILD_RESOLVED_SOURCE_VERSION: request.commit,
      CODEBUILD_INITIATOR: request.initiator,
      CODEBUILD_CI: 'true',
      ...spec.variables,
      ...Object.fromEntries(declared),
      ...request.variables,
    };
  }

  /** Writes the log where CodeBuild does. What the role may is asked: the emulator leaves the stream out of the resource. */
  private async sendLog(build: Build, role: string, lines: readonly string[]): Promise<void> {
    const { emulator, access } = this.settings.services;
    const { account, region } = emulator;
    const resource = `arn:aws:logs:${region}:${account}:log-group:${build.logGroup}:log-stream:${build.logStream}`;
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      const denial = await access.check({ role, action, resource });
      if (denial) throw new Error(`AccessDenied: ${denial}`);
    }
    const client = new CloudWatchLogsClient(emulator.client);
    const stream = { logGroupName: build.logGroup, logStreamName: build.logStream };
    await client.send(new CreateLogStreamCommand(stream));
    const timestamp = Date.now();
    // An event must not be empty.
    const logEvents = lines.slice(-LOG_LINES).map((line) => ({ timestamp, message: line || ' ' }));
    if (logEvents.length > 0) await client.send(new PutLogEventsCommand({ ...stream, logEvents }));
  }
}

/** A line without the colours that some programs print into files, too. */
const plain = (line: string): string => stripVTControlCharacters(line).trimEnd();

/** What commands and the CDK CLI print at their end that tells a person nothing. */
const MUTE = /^(\[Container\]|arn:|Stack ARN|Outputs:|\S+ = |✨)/;

/** The last line that tells something. */
function said(lines: readonly string[]): string {
  return (lines.filter((line) => line.trim() !== '' && !MUTE.test(line)).at(-1) ?? '').trim();
}
