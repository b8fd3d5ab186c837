/**
 * Whether volumes of this instance type are local NVMe drives. SageMaker refuses a customer key for those (their data is
 * encrypted by hardware): `VolumeKmsKeyId` of jobs and `KmsKeyId` of endpoint configs must then be left out.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html (VolumeKmsKeyId)
 */
export function hasLocalStorage(instanceType: string): boolean {
  const family = instanceType.split('.')[1] ?? '';
  // GPU, Gaudi and Trainium families always have them; of the others, those with a d after the generation: m5d, r6gd, c5dn.
  return /^(g4dn|g[5-9]|gr\d|p[4-9]|dl\d|trn)/.test(family) || /^[a-z]+\d+[a-z]*d/.test(family);
}
