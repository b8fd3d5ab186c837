import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface PredictionApiProps {
  readonly apiName: string;

  /** Answers `POST /v1/predictions`. */
  readonly invokeModel: lambda.IFunction;

  /** Takes `POST /v1/feedback`. */
  readonly recordFeedback: lambda.IFunction;

  /** Answers `GET /v1/targets`. */
  readonly listTargets: lambda.IFunction;

  /** ARNs of roles and users that may call, besides identities of this account whose own policies allow it. */
  readonly consumers: readonly string[];

  /** Requests a second that each of the requests takes, from all callers together, before it says 429. */
  readonly requestsPerSecond: number;
}

type Verb = 'GET' | 'POST';

/** Requests at once, as a multiple of those a second: callers come in waves. */
const BURST = 2;

/**
 * The door for callers: signed requests on the stage `live`.
 *
 *     caller, SigV4 → IAM → validator → function
 *
 * The gateway refuses what is no JSON object. Everything finer is said by the functions, which name the field.
 */
export class PredictionApi extends Construct {
  public readonly restApi: apigateway.RestApi;

  constructor(scope: Construct, id: string, props: PredictionApiProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/apigateway/${props.apiName}`,
      retention: logs.RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.restApi = new apigateway.RestApi(this, 'Resource', {
      restApiName: props.apiName,
      description: `Predictions, corrections and targets of ${props.apiName}`,
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      cloudWatchRole: false, // the account has one, made by the platform
      policy: this.policy(props.consumers),
      deployOptions: {
        stageName: 'live',
        accessLogDestination: new apigateway.LogGroupLogDestination(logGroup),
        accessLogFormat: apigateway.AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
        dataTraceEnabled: false, // it would log bodies, which are customers' documents
        metricsEnabled: true,
        // For all callers together. A limit for each needs a usage plan, and that an API key in every request beside
        // its signature; the access log says who asked how often.
        throttlingRateLimit: props.requestsPerSecond,
        throttlingBurstLimit: props.requestsPerSecond * BURST,
      },
    });
    // CDK's own output of the stage's address; the stack says more.
    this.restApi.node.tryRemoveChild('Endpoint');
    const v1 = this.restApi.root.addResource('v1');
    const json = { requestModels: { 'application/json': this.jsonObject() } };
    this.method(v1, 'POST', 'predictions', props.invokeModel, json);
    this.method(v1, 'POST', 'feedback', props.recordFeedback, json);
    this.method(v1, 'GET', 'targets', props.listTargets);
    Validations.of(this.restApi).acknowledge(
      {
        id: 'AwsSolutions-APIG3',
        reason:
          'every request is signed by a known identity before anything of ours runs, and throttled; a firewall is for APIs that anyone may call',
      },
      {
        id: 'AwsSolutions-COG4',
        reason:
          'callers are systems with IAM identities, which sign each request; there are no users to pool',
      },
    );
  }

  /** Replies that say the service failed, a minute. */
  public metricServerErrors(): cloudwatch.IMetric {
    return this.restApi.metricServerError({ period: Duration.minutes(1), statistic: 'Sum' });
  }

  private method(
    parent: apigateway.IResource,
    verb: Verb,
    path: string,
    handler: lambda.IFunction,
    options: apigateway.MethodOptions = {},
  ): void {
    const name = `${path[0]?.toUpperCase()}${path.slice(1)}`;
    parent
      .addResource(path)
      .addMethod(verb, new apigateway.LambdaIntegration(handler, { allowTestInvoke: false }), {
        authorizationType: apigateway.AuthorizationType.IAM,
        requestValidator: this.validator(),
        operationName: name,
        ...options,
      });
  }

  private validator(): apigateway.IRequestValidator {
    const existing = this.node.tryFindChild('Validator');
    if (existing instanceof apigateway.RequestValidator) return existing;
    return new apigateway.RequestValidator(this, 'Validator', {
      restApi: this.restApi,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
  }

  private jsonObject(): apigateway.IModel {
    const existing = this.node.tryFindChild('JsonObject');
    if (existing instanceof apigateway.Model) return existing;
    return new apigateway.Model(this, 'JsonObject', {
      restApi: this.restApi,
      contentType: 'application/json',
      modelName: 'JsonObject',
      schema: {
        schema: apigateway.JsonSchemaVersion.DRAFT4,
        type: apigateway.JsonSchemaType.OBJECT,
      },
    });
  }

  /**
   * Callers of other accounts need to be named here and allowed by their own account. Without consumers there is no
   * policy, and the identities of this account that may call are those whose own policies say so.
   */
  private policy(consumers: readonly string[]): iam.PolicyDocument | undefined {
    if (consumers.length === 0) return undefined;
    const resource = (verb: Verb, path: string) => `execute-api:/live/${verb}/v1/${path}`;
    return new iam.PolicyDocument({
      statements: [
        new iam.PolicyStatement({
          sid: 'Consumers',
          principals: consumers.map((arn) => new iam.ArnPrincipal(arn)),
          actions: ['execute-api:Invoke'],
          resources: [
            resource('POST', 'predictions'),
            resource('POST', 'feedback'),
            resource('GET', 'targets'),
          ],
        }),
      ],
    });
  }
}

/** Who asked what, when, and how it ended; no body, no query. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  caller: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  error: '$context.error.message',
  requestBytes: '$context.requestLength',
  responseBytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
};
