import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnProject } from 'aws-cdk-lib/aws-codebuild';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { arnsOf } from '../constructs/arns';
import { allowKey } from '../constructs/key-access';
import { allow, servicePrincipal } from '../constructs/permissions';
import { buildspecOf, type Step } from './steps';

/** Ubuntu image of AWS with Node 22, Python 3.11 and Docker. https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html */
const IMAGE = 'aws/codebuild/standard:7.0';

export interface BuildProjectProps {
  readonly projectName: string;
  readonly step: Step;
  readonly role: iam.Role;
  readonly variables: Readonly<Record<string, string>>;

  /** Encrypts what it hands on. */
  readonly key: kms.IKey;
}

/** A CodeBuild project that runs one step, with a log group of its own. */
export class BuildProject extends Construct {
  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    const { step } = props;
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/codebuild/${props.projectName}`,
      retention: logs.RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const project = new CfnProject(this, 'Resource', {
      name: props.projectName,
      description: step.description,
      serviceRole: props.role.roleArn,
      source: { type: 'CODEPIPELINE', buildSpec: JSON.stringify(buildspecOf(step), undefined, 2) },
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: IMAGE,
        computeType: step.compute,
        privilegedMode: step.privileged,
        environmentVariables: Object.entries(props.variables).map(([name, value]) => ({ name, value })),
      },
      encryptionKey: props.key.keyArn,
      cache: {
        type: 'LOCAL',
        modes: ['LOCAL_CUSTOM_CACHE', ...(step.privileged ? ['LOCAL_DOCKER_LAYER_CACHE'] : [])],
      },
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logGroup.logGroupName } },
      timeoutInMinutes: step.timeoutMinutes,
      queuedTimeoutInMinutes: 480,
    });
    project.node.addDependency(props.role);
  }
}

export interface BuildRoleProps {
  readonly roleName: string;
  readonly description: string;

  /** CodeBuild projects that run as this role. */
  readonly projects: readonly string[];

  /** Whether one of them hands on files. What does not cannot change what a later action runs. */
  readonly handsOn: boolean;
  readonly artifactsBucket: string;
  readonly keyAlias: string;
}

/** A role for CodeBuild: it takes what the pipeline hands it, and writes its log. What else it may do is added. */
export function buildRole(scope: Construct, id: string, props: BuildRoleProps): iam.Role {
  const role = new iam.Role(scope, id, {
    roleName: props.roleName,
    description: props.description,
    assumedBy: servicePrincipal('codebuild.amazonaws.com', Stack.of(scope).account),
  });
  const stack = Stack.of(scope);
  allow(
    role,
    {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: props.projects.map((name) =>
        stack.formatArn({ service: 'logs', resource: `log-group:/aws/codebuild/${name}:*` }),
      ),
      because: 'CodeBuild names a log stream after a build, within the log group of the project',
    },
    {
      actions: ['s3:GetObject', 's3:GetObjectVersion', ...(props.handsOn ? ['s3:PutObject'] : [])],
      resources: [arnsOf(scope).objects(props.artifactsBucket, '')],
      because: 'CodePipeline names what it hands on anew in every run',
    },
  );
  allowKey(role, props.keyAlias);
  return role;
}
