/** Environment of the function that writes to the owner of a project's models; every value is a literal. */
export interface TellOwnerEnv {
  PROJECT: string;
  ENVIRONMENT: string;
  STATE_TABLE: string;
  ARTIFACTS_BUCKET: string;
  OWNER_TOPIC_ARN: string;
  /** Who approves models here, `auto` or `person`: only a person is told of what waits. */
  APPROVAL: string;
}

/** Item of the state table that remembers a notice: `told#<key>`. */
export const toldKey = (key: string): string => `told#${key}`;
