import type { Play } from '../stage';
import type { Report } from './report';

/** Lines for somebody who wants to go on by hand while everything is up. */
export function readyLines(report: Report, play: Pick<Play, 'fields' | 'project'>): string {
  if (!report.api || !report.endpoints) return '';
  const { api, endpoints } = report;
  const body = JSON.stringify({ input: Object.fromEntries(play.fields.map((field) => [field, 'hello'])) });
  const curl = [
    'curl',
    `--cacert ${api.caBundle}`,
    `--aws-sigv4 aws:amz:${api.region}:execute-api`,
    `--user ${api.accessKeyId}:${api.secretAccessKey}`,
    "-H 'content-type: application/json'",
    `-d '${body.replaceAll("'", "'\\''")}'`,
    api.url,
  ].join(' ');
  const settings = [
    `AWS_ENDPOINT_URL=${endpoints.aws}`,
    `AWS_ENDPOINT_URL_SAGEMAKER=${endpoints.sagemaker}`,
    `AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=${endpoints.sagemaker}`,
    `AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING=${endpoints.sagemaker}`,
    `AWS_CA_BUNDLE=${endpoints.caBundle}`,
    `NODE_EXTRA_CA_CERTS=${endpoints.caBundle}`,
    `AWS_REGION=${api.region}`,
    `AWS_DEFAULT_REGION=${api.region}`,
    'AWS_ACCESS_KEY_ID=test',
    'AWS_SECRET_ACCESS_KEY=test',
  ].join(' ');
  return [
    `Ask the model:      ${curl}`,
    `AWS and our CLI:    export ${settings}`,
    `Label, after that:  npm run label -- ${play.project} --api ${api.url}`,
    'Ctrl-C stops everything.',
  ].join('\n');
}
