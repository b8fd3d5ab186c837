/** Environment of the function that tells a project's owner why a delivery failed. */
export interface ReportFailureEnv {
  /** Name of the CodePipeline. */
  PIPELINE: string;
  OWNER_TOPIC_ARN: string;
}
