import {
  AddTagsCommand,
  CreateModelPackageGroupCommand,
  CreatePipelineCommand,
  DeleteModelPackageGroupCommand,
  DeletePipelineCommand,
  DescribeModelPackageGroupCommand,
  type ParallelismConfiguration,
  PutModelPackageGroupPolicyCommand,
  type SageMakerClient,
  type Tag,
  UpdatePipelineCommand,
} from '@aws-sdk/client-sagemaker';
import type { BridgedType, BridgeRequest, Created } from './bridged-type';
import { isGone } from './gone';

interface PipelineProperties {
  readonly PipelineName: string;
  readonly PipelineDisplayName?: string;
  readonly PipelineDescription?: string;
  readonly PipelineDefinition: { readonly PipelineDefinitionBody?: string };
  readonly RoleArn: string;
  readonly ParallelismConfiguration?: ParallelismConfiguration;
  readonly Tags?: Tag[];
}

/**
 * `AWS::SageMaker::Pipeline` in the local SageMaker.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-pipeline.html
 */
export function pipelineType(sagemaker: SageMakerClient): BridgedType {
  const described = (properties: PipelineProperties) => {
    const definition = properties.PipelineDefinition.PipelineDefinitionBody;
    if (definition === undefined) {
      throw new Error(
        'PipelineDefinition without PipelineDefinitionBody is not rehearsed; put the definition inline',
      );
    }
    return {
      PipelineName: properties.PipelineName,
      PipelineDisplayName: properties.PipelineDisplayName,
      PipelineDescription: properties.PipelineDescription,
      PipelineDefinition: definition,
      RoleArn: properties.RoleArn,
      ParallelismConfiguration: properties.ParallelismConfiguration,
    };
  };
  const create = async (request: BridgeRequest): Promise<Created> => {
    const properties = read<PipelineProperties>(request);
    await sagemaker.send(new CreatePipelineCommand({ ...described(properties), Tags: properties.Tags }));
    return { ref: properties.PipelineName, attributes: {} };
  };
  return {
    played: 'emulated',
    create,
    async update(ref, request) {
      const properties = read<PipelineProperties>(request);
      if (properties.PipelineName !== ref) return create(request);
      const { PipelineArn: arn } = await sagemaker.send(new UpdatePipelineCommand(described(properties)));
      if (properties.Tags)
        await sagemaker.send(new AddTagsCommand({ ResourceArn: arn, Tags: properties.Tags }));
      return { ref, attributes: {} };
    },
    async remove(ref) {
      await sagemaker.send(new DeletePipelineCommand({ PipelineName: ref })).catch(isGone);
    },
  };
}

interface GroupProperties {
  readonly ModelPackageGroupName: string;
  readonly ModelPackageGroupDescription?: string;
  readonly ModelPackageGroupPolicy?: object | string;
  readonly Tags?: Tag[];
}

/**
 * `AWS::SageMaker::ModelPackageGroup` in the local SageMaker.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-modelpackagegroup.html
 */
export function modelPackageGroupType(sagemaker: SageMakerClient): BridgedType {
  const setPolicy = async ({ ModelPackageGroupName, ModelPackageGroupPolicy: policy }: GroupProperties) => {
    if (!policy) return;
    const ResourcePolicy = typeof policy === 'string' ? policy : JSON.stringify(policy);
    await sagemaker.send(new PutModelPackageGroupPolicyCommand({ ModelPackageGroupName, ResourcePolicy }));
  };
  const described = async (name: string): Promise<Created> => {
    const group = await sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: name }));
    const arn = group.ModelPackageGroupArn ?? '';
    const attributes = {
      ModelPackageGroupArn: arn,
      ModelPackageGroupStatus: group.ModelPackageGroupStatus ?? '',
      CreationTime: group.CreationTime?.toISOString() ?? '',
    };
    return { ref: arn, attributes };
  };
  const create = async (request: BridgeRequest): Promise<Created> => {
    const properties = read<GroupProperties>(request);
    const { ModelPackageGroupName, ModelPackageGroupDescription, Tags } = properties;
    await sagemaker.send(
      new CreateModelPackageGroupCommand({ ModelPackageGroupName, ModelPackageGroupDescription, Tags }),
    );
    await setPolicy(properties);
    return described(ModelPackageGroupName);
  };
  return {
    played: 'emulated',
    create,
    async update(ref, request) {
      const properties = read<GroupProperties>(request);
      if (!ref.endsWith(`/${properties.ModelPackageGroupName}`)) return create(request);
      await setPolicy(properties);
      if (properties.Tags) {
        await sagemaker.send(new AddTagsCommand({ ResourceArn: ref, Tags: properties.Tags }));
      }
      return described(properties.ModelPackageGroupName);
    },
    async remove(ref) {
      await sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: ref })).catch(isGone);
    },
  };
}

/** The properties as the type's documentation declares them; SageMaker itself checks the values. */
const read = <T>(request: BridgeRequest): T => JSON.parse(JSON.stringify(request.properties));
