import { GetObjectCommand } from '@aws-sdk/client-s3';
import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { isAuthor } from '../../lambda/release-model/author';
import type { ReleaseRequest } from '../../lambda/release-model/contract';
import { type Evaluation, evaluationKey, metricsLines } from '../../pipelines/evaluation';
import type { Access } from '../aws/credentials';
import { isMissing } from '../doctor/denial';
import { Refusal } from '../terminal/refusal';
import type { Clients } from './clients';
import { describeModel, modelArn, pendingModels, type RegisteredModel, versionIn } from './models';
import { machineArn, obstacleTo, releaseRecord } from './release';
import type { Subject } from './subject';

/** What a person decides on a model. */
export interface Decision {
  readonly version: number;
  readonly verdict: 'Approved' | 'Rejected';
  readonly why: string | undefined;

  /** Release it although it was compared with another model than that in service. */
  readonly insist: boolean;
}

/** What came of it. */
export interface Decided {
  readonly project: string;
  readonly environment: string;
  readonly version: number;
  readonly verdict: Decision['verdict'];
  readonly by: string;

  /** What the owner will hear of next; a sentence. */
  readonly next: string;
}

/** @throws Refusal for a rejection without a reason */
export function requireReason({ verdict, why }: Pick<Decision, 'verdict' | 'why'>): void {
  if (verdict === 'Rejected' && !why) {
    throw new Refusal(`a rejection needs a reason that its author can use: --why "…"`);
  }
}

/** Characters that SageMaker keeps of a reason. */
const LONGEST_REASON = 1_024;

/**
 * Approves or rejects a model that waits, in the name of whoever calls.
 *
 * @param show told what is decided on, before it is: the gate's sentence, metrics, warnings
 * @throws Refusal when it does not wait, when the caller wrote what it was trained from, or when a reason is missing
 */
export async function decide(
  clients: Clients,
  access: Pick<Access, 'callerArn'>,
  subject: Subject,
  decision: Decision,
  show: (line: string) => void,
): Promise<Decided> {
  requireReason(decision);
  const { project, names, at } = subject;
  const { version, verdict, why } = decision;
  const model = await waitingModel(clients, subject, version);
  const approves = verdict === 'Approved';
  if (approves && subject.approval === 'person' && isAuthor(access.callerArn, model.author)) {
    throw new Refusal(
      `${model.author} wrote commit ${model.commit}, which version ${version} was trained from, and you are ${access.callerArn}: somebody else must approve it`,
    );
  }
  await showModel(clients, subject, model, show);
  const obstacle = obstacleTo(model, await releaseRecord(clients, names.stateTable));
  const insists = approves && obstacle?.insistible === true && decision.insist;
  if (approves && obstacle && !insists) {
    show(`Mind: ${obstacle.sentence}${obstacle.insistible ? '; --insist releases it all the same' : ''}`);
  }

  const reason = `${verdict.toLowerCase()} by ${access.callerArn}${why ? `: ${why.replace(/\s+/g, ' ')}` : ''}`;
  await clients.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: model.arn,
      ModelApprovalStatus: verdict,
      ApprovalDescription: reason.slice(0, LONGEST_REASON),
    }),
  );
  if (insists) await insist(clients, subject, model);
  return {
    project: project.name,
    environment: at.name,
    version,
    verdict,
    by: access.callerArn,
    next: approves
      ? `the release of ${names.endpoint} begins: npm run status -- ${project.name}`
      : 'it is not released; what is in service stays',
  };
}

/** @throws Refusal when there is no such version, or when it waits for nobody */
async function waitingModel(
  { sagemaker }: Clients,
  { project, names, at }: Subject,
  version: number,
): Promise<RegisteredModel> {
  const group = names.modelPackageGroup;
  const model = await describeModel(sagemaker, modelArn(at, group, version)).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  const where = `${project.name} in ${at.name}`;
  if (model?.approval === 'PendingManualApproval') return model;
  const waiting = (await pendingModels(sagemaker, group).catch(() => [])).map(
    (one) => `version ${one.version}`,
  );
  const instead = waiting.length > 0 ? `${waiting.join(', ')} waits` : 'no version waits';
  if (!model) throw new Refusal(`${where} has no version ${version}: ${instead} for a decision`);
  throw new Refusal(
    `version ${version} of ${where} is ${model.approval} already${model.decision ? ` (${model.decision})` : ''}: ${instead} for a decision`,
  );
}

async function showModel(
  { s3 }: Clients,
  { project, names, at }: Subject,
  model: RegisteredModel,
  show: (line: string) => void,
): Promise<void> {
  show(
    `Version ${model.version} of ${project.name} in ${at.name}, commit ${model.commit} by ${model.author}`,
  );
  show(`The gate ${model.sentence}`);
  show(`Compared with: ${versionIn(model.champion)}`);
  try {
    const Key = evaluationKey(model.execution ?? '');
    const object = await s3.send(new GetObjectCommand({ Bucket: names.artifactsBucket, Key }));
    const evaluation = JSON.parse((await object.Body?.transformToString()) ?? '') as Evaluation;
    for (const line of metricsLines(evaluation)) show(line);
  } catch (error) {
    show(`Its metrics cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The approval's own event is refused; this run is not. */
async function insist({ states }: Clients, { names, at }: Subject, { arn }: RegisteredModel): Promise<void> {
  const request: ReleaseRequest = { reason: 'approval', packageArn: arn, insist: true };
  await states.send(
    new StartExecutionCommand({ stateMachineArn: machineArn(names, at), input: JSON.stringify(request) }),
  );
}
