/** What a project's training pipeline is made of. ARNs, bucket and subnets may be CDK tokens. */
export interface TrainingPipelineSpec {
  readonly project: string;
  readonly environment: string;
  readonly artifactsBucket: string;
  readonly modelPackageGroup: string;
  /** Image of the learner's training environment. */
  readonly trainImage: string;
  /** Image of the learner's serving environment, for the machine that serves. */
  readonly serveImage: string;
  /** The same for a CPU: preprocesses, and evaluates, as what is measured is what will answer. */
  readonly processImage: string;
  /** The cheaper learner that the model is held against; undefined where it is held against none. */
  readonly cheaper?: { readonly image: string; readonly weights?: string | undefined } | undefined;
  readonly jobRoleArn: string;
  /** Key that encrypts outputs, and volumes where the instance type takes one. */
  readonly keyArn: string;
  /** At least two, in different zones. */
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly train: {
    readonly instance: string;
    readonly maxHours: number;
    /** Train on spare capacity, which AWS may take away and give back. */
    readonly spot: boolean;
    /** Hash of the base model's files that the learner starts from; undefined where it starts from none. */
    readonly weights?: string | undefined;
  };
  readonly process: { readonly instance: string };
  readonly serve: { readonly instance: string };
  readonly tags: Readonly<Record<string, string>>;
}
