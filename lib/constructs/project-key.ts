import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface ProjectKeyProps {
  /** `alias/…`: how every role's policy and every request names the key. */
  readonly alias: string;
}

/**
 * The key of all that a project keeps: data, models, records, tables and its owner's topic.
 *
 * Roles of the account are given its use by their own policies. CloudWatch acts without one of our roles, and is named
 * here, for requests of this account only.
 */
export class ProjectKey extends Construct {
  public readonly key: kms.Key;

  constructor(scope: Construct, id: string, { alias }: ProjectKeyProps) {
    super(scope, id);
    this.key = new kms.Key(this, 'Resource', {
      description: `Encrypts what ${alias.replace('alias/', '')} keeps`,
      alias,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsWriteToTheOwnersTopic',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
