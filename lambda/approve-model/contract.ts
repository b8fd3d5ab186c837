/** What stands as the reason on a package that no person approved. */
export const APPROVED_BY_POLICY = 'approved by policy: approval.model is auto in platform.yaml';

export type ApproveModelOutcome = 'approved' | 'not pending';
