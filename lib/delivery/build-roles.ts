import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { DeliveryNames } from '../config/names';
import { bootstrapRolesOf } from '../constructs/bootstrap-roles';
import { allow } from '../constructs/permissions';
import { buildRole } from './build-project';
import type { StepName } from './steps';

export interface BuildRolesProps {
  readonly names: DeliveryNames;
  readonly steps: readonly StepName[];
  readonly repositoryArn: string;

  /** What delivery may do in each environment. */
  readonly environmentRoles: readonly string[];
}

export interface BuildRoles {
  /** The role that a step runs as. */
  of(step: StepName): iam.Role;
}

/** Steps that run as a role of their own; all others act in an environment. */
const ALONE = ['update', 'check', 'image'] as const;

/**
 * Who may do what: *check* runs everybody's code and may do nothing, *image* may push images, *update* may deploy in
 * the delivery account, and all other steps may only become the `delivery` role of an environment.
 */
export function buildRoles(scope: Construct, props: BuildRolesProps): BuildRoles {
  const { names } = props;
  const role = (id: string, roleName: string, description: string, steps: readonly StepName[]) =>
    buildRole(scope, id, {
      roleName,
      description,
      projects: steps.map(names.build),
      artifactsBucket: names.artifactsBucket,
      keyAlias: names.keyAlias,
    });
  const update = role('UpdateRole', names.build('update'), `Updates ${names.stack}`, ['update']);
  const check = role('CheckRole', names.build('check'), 'Checks commits, and may do nothing else', ['check']);
  const image = role('ImageRole', names.build('image'), `Pushes images to ${names.repository}`, ['image']);
  const acting = props.steps.filter((step) => !ALONE.some((alone) => alone === step));
  const environments = role('BuildRole', names.roles.build, 'Acts in environments', acting);

  allowDeployments(update);
  allowPushing(image, props.repositoryArn);
  allow(
    environments,
    { actions: ['sts:AssumeRole'], resources: props.environmentRoles },
    // Who approved a run, for the rule that nobody approves a commit of their own.
    {
      actions: ['codepipeline:ListActionExecutions'],
      resources: [Stack.of(scope).formatArn({ service: 'codepipeline', resource: names.pipeline })],
    },
  );
  const own = { update, check, image };
  return {
    of: (step) => (step === 'update' || step === 'check' || step === 'image' ? own[step] : environments),
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
