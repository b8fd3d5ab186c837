import * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../config/names';
import type { JobNetwork } from '../constructs/sagemaker-role';

/** The network that the platform published, read when the stack is deployed. */
export function networkOf(scope: Construct, { parameters }: PlatformNames): JobNetwork {
  const value = (name: string) => ssm.StringParameter.valueForStringParameter(scope, name);
  return { subnetIds: parameters.subnetIds.map(value), securityGroupId: value(parameters.securityGroupId) };
}

/** The platform's alert topics, read when the stack is deployed. */
export function alertsOf(scope: Construct, { parameters }: PlatformNames) {
  const topic = (id: string, name: string): sns.ITopic =>
    sns.Topic.fromTopicArn(scope, id, ssm.StringParameter.valueForStringParameter(scope, name));
  return {
    /** Wakes somebody: callers are hurt. */
    page: () => topic('Page', parameters.pageTopicArn),
    /** Can wait until morning. */
    inform: () => topic('Inform', parameters.informTopicArn),
  };
}
