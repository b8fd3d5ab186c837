/**
 * Whether machines of this type have a GPU or another accelerator.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/instance-types-az.html
 */
export function hasAccelerator(instanceType: string): boolean {
  return /^(g\d|gr\d|p\d|trn|inf)/.test(instanceType.split('.')[1] ?? '');
}

/** Whether machines of this type have a GPU: other accelerators run other libraries. */
export const hasGpu = (instanceType: string): boolean =>
  hasAccelerator(instanceType) && !/^ml\.(trn|inf)/.test(instanceType);
