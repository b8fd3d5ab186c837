/**
 * Families whose volumes are local NVMe drives. SageMaker refuses a customer key for them (their data is encrypted
 * by hardware): `VolumeKmsKeyId` on jobs and `KmsKeyId` on endpoint configs must then be left out.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html (VolumeKmsKeyId)
 */
const LOCAL_STORAGE_FAMILIES =
  /^ml\.(g4dn|g5|g6|g6e|g7|g7e|p4d|p4de|p5|p5e|p5en|trn1|trn1n|[a-z]+\d+[a-z]*d)\./;

/** True when volumes of this instance type take no customer key. */
export function hasLocalStorage(instanceType: string): boolean {
  return LOCAL_STORAGE_FAMILIES.test(instanceType);
}
