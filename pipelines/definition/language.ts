/**
 * The functions of SageMaker's pipeline definition language, schema version 2020-12-01.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-properties.html
 */

/** A value known only while the pipeline runs. */
export type Reference =
  | { readonly Get: string }
  | { readonly 'Std:Join': { readonly On: string; readonly Values: ReadonlyArray<Value> } }
  | { readonly 'Std:JsonGet': { readonly PropertyFile: { readonly Get: string }; readonly Path: string } };

export type Value = string | number | boolean | Reference;

interface Parameter {
  readonly Name: string;
  readonly Type: 'String' | 'Integer' | 'Float' | 'Boolean';
  readonly DefaultValue?: string | number | boolean;
}

export interface Step {
  readonly Name: string;
  readonly Type: 'Processing' | 'Training' | 'Condition' | 'RegisterModel' | 'Fail';
  readonly Arguments: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly PropertyFiles?: ReadonlyArray<{
    readonly PropertyFileName: string;
    readonly OutputName: string;
    readonly FilePath: string;
  }>;
  readonly RetryPolicies?: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

export interface PipelineDefinition {
  readonly Version: '2020-12-01';
  readonly Metadata: Readonly<Record<string, string>>;
  readonly Parameters: readonly Parameter[];
  /** Null keeps SageMaker from opening a classic experiment for every execution. */
  readonly PipelineExperimentConfig: null;
  readonly Steps: readonly Step[];
}

export const get = (path: string): Reference => ({ Get: path });

export const parameter = (name: string): Reference => get(`Parameters.${name}`);

export const join = (on: string, ...values: Value[]): Reference => ({
  'Std:Join': { On: on, Values: values },
});

/** Where a Processing step wrote one of its outputs. */
export const outputOf = (step: string, output: string): Reference =>
  get(`Steps.${step}.ProcessingOutputConfig.Outputs['${output}'].S3Output.S3Uri`);

/** Reads a value of a step's property file; the language allows it only inside a Condition. */
export const jsonGet = (step: string, file: string, path: string): Reference => ({
  'Std:JsonGet': { PropertyFile: { Get: `Steps.${step}.PropertyFiles.${file}` }, Path: path },
});
