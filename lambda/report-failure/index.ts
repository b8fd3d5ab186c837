import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { SNSClient } from '@aws-sdk/client-sns';
import { requireEnvironment } from '../environment';
import type { ReportFailureEnv } from './contract';
import { reportFailure } from './report-failure';

export const handler = reportFailure({
  codepipeline: new CodePipelineClient({}),
  codebuild: new CodeBuildClient({}),
  logs: new CloudWatchLogsClient({}),
  sns: new SNSClient({}),
  env: requireEnvironment<ReportFailureEnv>(['PIPELINE', 'OWNER_TOPIC_ARN']),
});
