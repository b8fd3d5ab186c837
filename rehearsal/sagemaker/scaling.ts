import { randomUUID } from 'node:crypto';
import type {
  DeregisterScalableTargetRequest,
  DescribeScalableTargetsRequest,
  DescribeScalingPoliciesRequest,
  PutScalingPolicyRequest,
  RegisterScalableTargetRequest,
} from '@aws-sdk/client-application-auto-scaling';
import { AwsError, invalid, notRehearsed } from './errors';
import type { PermissionQuestion } from './options';
import type { Fields } from './service-model';
import { type Caller, type Handlers, seconds, type Valid, type World } from './world';

/** A variant that shall scale, and by what; kept and described, never acted on. */
interface ScalableTarget {
  readonly record: Fields;
  readonly policies: Map<string, Fields>;
}

type Request = Readonly<{ ServiceNamespace: string; ResourceId: string; ScalableDimension: string }>;

const DIMENSION = 'sagemaker:variant:DesiredInstanceCount';
const LINKED = 'sagemaker.application-autoscaling.amazonaws.com';

const notFound = ({ ServiceNamespace, ResourceId, ScalableDimension }: Request) =>
  new AwsError(
    'ObjectNotFoundException',
    `No scalable target found for service namespace: ${ServiceNamespace}, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`,
  );

/**
 * Application Auto Scaling as far as endpoints need it: targets and policies are checked, kept and described. Nothing
 * scales: an endpoint is one process here, whatever its count.
 */
export function scalingService(world: World) {
  const { account, region } = world.options;
  const targets = new Map<string, ScalableTarget>();
  const arnOf = (id: string) => `arn:aws:application-autoscaling:${region}:${account}:scalable-target/${id}`;
  const linkedRole = `arn:aws:iam::${account}:role/aws-service-role/${LINKED}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`;
  const target = (request: Request): ScalableTarget => {
    const found = targets.get(request.ResourceId);
    if (!found) throw notFound(request);
    return found;
  };

  const handlers: Handlers = {
    RegisterScalableTarget: async (request: Valid<RegisterScalableTargetRequest>) => {
      const { ServiceNamespace, ResourceId, ScalableDimension } = request;
      const known = targets.get(ResourceId);
      const min = request.MinCapacity ?? known?.record.MinCapacity;
      const max = request.MaxCapacity ?? known?.record.MaxCapacity;
      if (min === undefined || max === undefined)
        throw invalid('MinCapacity and MaxCapacity are required when a target is registered first');
      if (Number(min) > Number(max))
        throw invalid(`Maximum capacity cannot be less than minimum capacity: ${max} < ${min}`);
      await assertVariant(world, ResourceId);
      const record = {
        ServiceNamespace,
        ResourceId,
        ScalableDimension,
        CreationTime: seconds(),
        RoleARN: linkedRole,
        ScalableTargetARN: arnOf(randomUUID().replaceAll('-', '')),
        ...known?.record,
        MinCapacity: min,
        MaxCapacity: max,
      };
      targets.set(ResourceId, { record, policies: known?.policies ?? new Map() });
      return { ScalableTargetARN: record.ScalableTargetARN };
    },
    DescribeScalableTargets: ({ ResourceIds: ids }: Valid<DescribeScalableTargetsRequest>) => ({
      ScalableTargets: [...targets.entries()]
        .filter(([id]) => !ids || ids.includes(id))
        .map(([, { record }]) => record),
    }),
    DeregisterScalableTarget: (request: Valid<DeregisterScalableTargetRequest>) => {
      if (!targets.delete(request.ResourceId)) throw notFound(request);
      return {};
    },
    PutScalingPolicy: (request: Valid<PutScalingPolicyRequest>) => {
      const { policies } = target(request);
      const tracking = request.TargetTrackingScalingPolicyConfiguration;
      if (request.PolicyType !== 'TargetTrackingScaling' || !tracking)
        throw notRehearsed(`A scaling policy of type ${request.PolicyType}`);
      const metric = tracking.PredefinedMetricSpecification?.PredefinedMetricType;
      if (metric && !metric.startsWith('SageMaker'))
        throw invalid(`The predefined metric ${metric} cannot be used with the dimension ${DIMENSION}`);
      const PolicyARN = `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${randomUUID()}:resource/sagemaker/${request.ResourceId}:policyName/${request.PolicyName}`;
      policies.set(request.PolicyName, { PolicyARN, CreationTime: seconds(), ...request });
      return { PolicyARN, Alarms: [] };
    },
    DescribeScalingPolicies: ({ ResourceId, PolicyNames }: Valid<DescribeScalingPoliciesRequest>) => ({
      ScalingPolicies: [...targets.entries()]
        .filter(([id]) => !ResourceId || id === ResourceId)
        .flatMap(([, { policies }]) => [...policies.values()])
        .filter(({ PolicyName }) => !PolicyNames || PolicyNames.includes(String(PolicyName))),
    }),
  };

  /**
   * What IAM is asked before a call, with what Application Auto Scaling does in the caller's name.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
   */
  function questions(operation: string, input: Fields, caller: Caller): PermissionQuestion[] {
    const ask = (action: string, resource: string, context: Record<string, string> = {}) => ({
      caller,
      action,
      resource,
      context,
    });
    const own = `application-autoscaling:${operation}`;
    if (operation.startsWith('Describe')) return [ask(own, '*')];
    const id = String(input.ResourceId);
    const [, endpoint = '', , variant = ''] = id.split('/');
    const called = ask(own, String(targets.get(id)?.record.ScalableTargetARN ?? arnOf('new')), {
      'application-autoscaling:service-namespace': String(input.ServiceNamespace),
      'application-autoscaling:scalable-dimension': String(input.ScalableDimension),
    });
    const alarm = `arn:aws:cloudwatch:${region}:${account}:alarm:TargetTracking-endpoint/${endpoint}/variant/${variant}-AlarmHigh-${randomUUID()}`;
    switch (operation) {
      case 'RegisterScalableTarget':
        return [
          called,
          ask('sagemaker:DescribeEndpoint', world.arn('endpoint', endpoint)),
          ask('sagemaker:UpdateEndpointWeightsAndCapacities', world.arn('endpoint', endpoint)),
          ask('iam:CreateServiceLinkedRole', linkedRole, { 'iam:AWSServiceName': LINKED }),
        ];
      case 'PutScalingPolicy':
        return [called, ask('cloudwatch:PutMetricAlarm', alarm)];
      default:
        return [called];
    }
  }

  return {
    handlers,
    questions,
    /** The scaling of an endpoint's variants; undefined without any. */
    of: (endpoint: string) => {
      const ids = [...targets.keys()].filter((id) => id.startsWith(`endpoint/${endpoint}/`));
      const end = () => {
        for (const id of ids) targets.delete(id);
      };
      return ids.length > 0 ? { end } : undefined;
    },
  };
}

/** A target is registered for a variant that is there; AWS looks. */
async function assertVariant(world: World, resourceId: string): Promise<void> {
  const [, endpoint, variant] = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(resourceId) ?? [];
  if (!endpoint) throw notRehearsed(`Scaling of ${resourceId}`);
  const { ProductionVariants: variants = [] } = (await world.look('DescribeEndpoint', {
    EndpointName: endpoint,
  })) as { ProductionVariants?: Array<{ VariantName: string }> };
  if (variants.some(({ VariantName }) => VariantName === variant)) return;
  throw invalid(`The endpoint has no such variant: ${variant} of ${endpoint}`);
}
