import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { arnsOf } from './arns';
import { allow } from './permissions';

/** Part of the name of Application Auto Scaling's service-linked role for endpoints. */
const LINKED = 'sagemaker.application-autoscaling.amazonaws.com';

export interface ScalingAccess {
  readonly endpointName: string;
  readonly instances: { readonly min: number; readonly max: number };
}

/**
 * Lets a role begin, change and end the scaling of one endpoint in Application Auto Scaling. Where nothing scales it may
 * still look and end it, for the time after `instances` were made a fixed number.
 *
 * Scaling itself is done by a service-linked role, which AWS makes in an account when the first target is registered.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
 */
export function allowScaling(role: iam.Role, { endpointName, instances }: ScalingAccess): void {
  const stack = Stack.of(role);
  const targets = stack.formatArn({
    service: 'application-autoscaling',
    resource: 'scalable-target',
    resourceName: '*',
  });
  const endpointsOnly = {
    StringEquals: {
      'application-autoscaling:service-namespace': 'sagemaker',
      'application-autoscaling:scalable-dimension': 'sagemaker:variant:DesiredInstanceCount',
    },
  };
  const scales = instances.min < instances.max;
  allow(
    role,
    {
      actions: [
        'application-autoscaling:DescribeScalableTargets',
        'application-autoscaling:DescribeScalingPolicies',
      ],
      resources: ['*'],
      because: 'both list, and have no resource to be limited to; they read and change nothing',
    },
    {
      actions: [
        'application-autoscaling:DeregisterScalableTarget',
        ...(scales
          ? ['application-autoscaling:PutScalingPolicy', 'application-autoscaling:RegisterScalableTarget']
          : []),
      ],
      resources: [targets],
      conditions: endpointsOnly,
      because:
        'AWS gives a target its id when it is registered; the conditions leave variants of endpoints, and which one is the next statement’s',
    },
  );
  if (!scales) return;
  const { sagemaker, alarm } = arnsOf(role);
  allow(
    role,
    {
      // Beside describing endpoint and config, which a release does anyway.
      actions: ['sagemaker:UpdateEndpointWeightsAndCapacities'],
      resources: [sagemaker('endpoint', endpointName)],
    },
    {
      actions: ['cloudwatch:DeleteAlarms', 'cloudwatch:PutMetricAlarm'],
      resources: [alarm(`TargetTracking-endpoint/${endpointName}/variant/*`)],
      because: 'Application Auto Scaling names the alarms of a target, behind the name of this one endpoint',
    },
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [
        stack.formatArn({
          service: 'iam',
          region: '',
          resource: 'role',
          resourceName: `aws-service-role/${LINKED}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
        }),
      ],
      conditions: { StringEquals: { 'iam:AWSServiceName': LINKED } },
    },
  );
}
