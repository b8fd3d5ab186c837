import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { DeliveryNames } from '../config/names';
import { bootstrapRolesOf } from '../constructs/bootstrap-roles';
import { allow } from '../constructs/permissions';
import { buildRole } from './build-project';
import type { Build } from './builds';
import type { DeliveredEnvironment } from './stages';

export interface BuildRolesProps {
  readonly names: DeliveryNames;
  readonly builds: readonly Build[];
  readonly repositoryArn: string;

  /** Repositories of AWS that images are built on. */
  readonly baseRepositoryArns: readonly string[];
  readonly environments: readonly DeliveredEnvironment[];
}

export interface BuildRoles {
  /** The role that a CodeBuild project runs as. */
  of(build: Build): iam.Role;
}

/**
 * Who may do what: *check* runs everybody's code and may do nothing, *image* may push images, *update* may deploy in
 * the delivery account, *evidence* may only become the `review` roles, which read, and what changes an environment may
 * only become the `delivery` role of this environment. So no commit acts in one before it was approved for it.
 */
export function buildRoles(scope: Construct, props: BuildRolesProps): BuildRoles {
  const { names, builds, environments } = props;
  const role = (id: string, roleName: string, description: string, its: (build: Build) => boolean) => {
    const own = builds.filter(its);
    return buildRole(scope, id, {
      roleName,
      description,
      projects: own.map(({ projectName }) => projectName),
      handsOn: own.some(({ step }) => step.handsOn),
      artifactsBucket: names.artifactsBucket,
      keyAlias: names.keyAlias,
    });
  };
  const only = (step: string) => (build: Build) => build.step.name === step;
  const roles = new Map<string, iam.Role>();

  const update = role('UpdateRole', names.build('update'), `Updates ${names.stack}`, only('update'));
  allowDeployments(update);
  roles.set('update', update);
  const check = role(
    'CheckRole',
    names.build('check'),
    'Checks commits, and may do nothing else',
    only('check'),
  );
  roles.set('check', check);
  const image = role(
    'ImageRole',
    names.build('image'),
    `Pushes images to ${names.repository}`,
    only('image'),
  );
  allowPushing(image, props.repositoryArn);
  if (props.baseRepositoryArns.length > 0) allowPulling(image, props.baseRepositoryArns);
  roles.set('image', image);

  if (builds.some(only('evidence'))) {
    const review = role('ReviewRole', names.roles.review, 'Reads what an approval is told', only('evidence'));
    const resources = environments.map(({ reviewRoleArn }) => reviewRoleArn);
    allow(review, { actions: ['sts:AssumeRole'], resources });
    roles.set('evidence', review);
  }
  for (const { name, roleArn } of environments) {
    const acting = role(
      `BuildRole${names.stage(name)}`,
      names.roles.build(name),
      `Acts in ${name}`,
      ({ environment }) => environment === name,
    );
    allow(
      acting,
      { actions: ['sts:AssumeRole'], resources: [roleArn] },
      // Who approved a run, for the rule that nobody approves a commit of their own.
      {
        actions: ['codepipeline:ListActionExecutions'],
        resources: [Stack.of(scope).formatArn({ service: 'codepipeline', resource: names.pipeline })],
      },
    );
    roles.set(`in ${name}`, acting);
  }
  return {
    of: ({ step, environment }) => {
      const found = roles.get(environment ? `in ${environment}` : step.name);
      if (!found) throw new Error(`${step.name} of ${names.stack} has no role`);
      return found;
    },
  };
}

/** The roles that `cdk bootstrap` made in this account, which the command line of CDK deploys with. */
function allowDeployments(role: iam.Role): void {
  const { deploy, filePublishing, lookup } = bootstrapRolesOf(role);
  allow(role, { actions: ['sts:AssumeRole'], resources: [deploy, filePublishing, lookup] });
}

function allowPushing(role: iam.Role, repositoryArn: string): void {
  allow(
    role,
    {
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      because:
        'the action has no resource; the token gives only what the statement about the repository gives',
    },
    {
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:GetDownloadUrlForLayer',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      resources: [repositoryArn],
    },
  );
}

/** Deep Learning Containers, whose registries let every account of AWS in. */
function allowPulling(role: iam.Role, repositoryArns: readonly string[]): void {
  allow(role, {
    actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    resources: [...repositoryArns],
  });
}
