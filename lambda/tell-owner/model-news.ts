import { APPROVED_BY_POLICY } from '../approve-model/contract';
import type { Dependencies } from './dependencies';
import { inService, modelOf } from './model';
import type { Notice } from './notice';

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-model-package */
export interface ModelPackageEvent {
  readonly 'detail-type': 'SageMaker Model Package State Change';
  readonly time: string;
  readonly detail: {
    readonly ModelPackageArn: string;
    readonly ModelApprovalStatus: string;
    readonly UpdatedModelPackageFields?: readonly string[];
    readonly LastModifiedTime?: string;
  };
}

/** News of a model's approval: it waits for a person, or a person decided. */
export async function modelNews(
  deps: Dependencies,
  { detail, time }: ModelPackageEvent,
): Promise<Notice | undefined> {
  const { ModelPackageArn, ModelApprovalStatus: status, UpdatedModelPackageFields: changed } = detail;
  // Any other change of the package sends the event again, with the status it has anyway.
  if (status !== PENDING && !changed?.includes('ModelApprovalStatus')) return undefined;
  if (status === PENDING && deps.settings.APPROVAL === 'auto') return undefined;
  const model = await modelOf(deps, ModelPackageArn);
  // It was decided while this event was on its way; that has an event of its own.
  if (model.approval !== status) return undefined;

  const { PROJECT: project, ENVIRONMENT: environment } = deps.settings;
  const { version, about, decision } = model;
  const named = `${project} ${version} --environment ${environment}`;
  if (status === PENDING) {
    return {
      key: `model#${version}#pending`,
      subject: `version ${version} waits for approval`,
      lines: [
        `Version ${version} of ${project} in ${environment} passed its gate and waits for a person.`,
        '',
        ...about,
        '',
        (await inService(deps)).sentence,
        '',
        `Approve:  npm run approve -- ${named}`,
        `Reject:   npm run reject -- ${named} --why "…"`,
      ],
    };
  }
  // By policy: the release is the news.
  if (decision === APPROVED_BY_POLICY) return undefined;
  const what = status.toLowerCase();
  return {
    key: `model#${version}#${what}#${detail.LastModifiedTime ?? time}`,
    subject: `version ${version} was ${what}`,
    lines: [
      `Version ${version} of ${project} in ${environment} was ${what}: ${decision ?? 'nobody said why'}`,
      status === 'Approved'
        ? 'Its release begins now; you are told how it ends.'
        : (await inService(deps)).sentence,
      '',
      ...about,
    ],
  };
}

const PENDING = 'PendingManualApproval';
