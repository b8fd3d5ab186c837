import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface ProjectTablesProps {
  readonly stateName: string;
  readonly inferencesName: string;
  readonly key: kms.IKey;
}

/**
 * The two tables of a project: *state* (what was started, what is in service: a handful of items) and *inferences*
 * (which answer had which id, until a correction can no longer follow).
 */
export class ProjectTables extends Construct {
  public readonly state: dynamodb.Table;
  public readonly inferences: dynamodb.Table;

  constructor(scope: Construct, id: string, props: ProjectTablesProps) {
    super(scope, id);
    const shared = {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    };
    this.state = new dynamodb.Table(this, 'State', { ...shared, tableName: props.stateName });
    this.inferences = new dynamodb.Table(this, 'Inferences', {
      ...shared,
      tableName: props.inferencesName,
      timeToLiveAttribute: 'expires',
    });
  }
}
