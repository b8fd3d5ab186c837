import type { StartTrainingEnv } from '../../../lambda/start-training/contract';

export const env: StartTrainingEnv = {
  PIPELINE_NAME: 'mail-dev',
  MODEL_PACKAGE_GROUP: 'mail-dev',
  ARTIFACTS_BUCKET: 'mail-dev-artifacts',
  RECORDS_BUCKET: 'mail-dev-records',
  STATE_TABLE: 'mail-dev-state',
  OWNER_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:mail-dev-owner',
  SERVE_IMAGE: '000011112222.dkr.ecr.eu-west-1.amazonaws.com/mail:linear-0123456789abcdef',
  DEFINITION_HASH: 'definition-1',
  RETRAIN_ON: 'merge,drift,quality',
  COOLDOWN_HOURS: '24',
  MIN_NEW_ROWS: '3',
};

export const CODE = 'c'.repeat(64);
export const BASE = `data/base/${'d'.repeat(64)}/`;
export const merge = { reason: 'merge', code: CODE, commit: 'abc1234', data: BASE } as const;
