import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { approveModel } from './approve-model';

export const handler = approveModel({ sagemaker: new SageMakerClient({}) });
