import { randomUUID } from 'node:crypto';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { AccountServices } from '../../account';
import type { Session } from '../build/sessions';
import { type ActionExecution, ActionFailed, type ActionOutcome, type Execution } from './execution';

/** What a person says to an approval. */
export interface Answer {
  readonly approved: boolean;
  readonly summary: string;
  /** ARN of the identity that answered. */
  readonly by: string;
}

/** Characters of a question, its variables filled in. */
const LONGEST_QUESTION = 1000;
/** Characters of a mail's subject. */
const LONGEST_SUBJECT = 100;

/** Approvals by hand. They end after a week in AWS; here somebody answers, or the rehearsal ends. */
export class Approvals {
  private readonly waiting = new Map<string, (answer: Answer) => void>();

  constructor(private readonly services: Pick<AccountServices, 'emulator'>) {}

  /** Answers an approval that waits. @throws Error for a token nobody waits with */
  answer(token: string, answer: Answer): void {
    const waiting = this.waiting.get(token);
    if (!waiting)
      throw new Error('InvalidApprovalTokenException: the approval is not waiting with this token');
    this.waiting.delete(token);
    waiting(answer);
  }

  /**
   * Asks by the action's topic, if it has one, and waits.
   *
   * @throws ActionFailed when the answer is no
   */
  async ask(
    execution: Execution,
    done: ActionExecution,
    configuration: Readonly<Record<string, string>>,
    session: Session,
  ): Promise<ActionOutcome> {
    const { CustomData = '' } = configuration;
    if (CustomData.length > LONGEST_QUESTION) {
      throw new Error(
        `CustomData of ${done.action.name} has ${CustomData.length} characters with its variables; CodePipeline takes ${LONGEST_QUESTION}`,
      );
    }
    const token = randomUUID();
    const answered = new Promise<Answer>((resolve) => this.waiting.set(token, resolve));
    await this.notify(execution, done, configuration, token, session);
    done.asked = CustomData;
    done.token = token;
    const { approved, summary, by } = await answered;
    done.token = undefined;
    if (!approved) throw new ActionFailed(`rejected by ${by}: ${summary}`, by);
    return { external: by, summary: `approved by ${by.split('/').at(-1)}: ${summary}` };
  }

  /** @see https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-json-format.html */
  private async notify(
    { definition }: Execution,
    done: ActionExecution,
    configuration: Readonly<Record<string, string>>,
    token: string,
    { accessKeyId, secretAccessKey, sessionToken }: Session,
  ): Promise<void> {
    const { NotificationArn, CustomData, ExternalEntityLink } = configuration;
    if (!NotificationArn) return;
    const { client } = this.services.emulator;
    const sns = new SNSClient({ ...client, credentials: { accessKeyId, secretAccessKey, sessionToken } });
    const approval = {
      pipelineName: definition.name,
      stageName: done.stage,
      actionName: done.action.name,
      token,
      customData: CustomData,
      externalEntityLink: ExternalEntityLink,
    };
    const subject = `APPROVAL NEEDED: AWS CodePipeline ${definition.name} for action ${done.action.name}`;
    await sns.send(
      new PublishCommand({
        TopicArn: NotificationArn,
        Subject: subject.slice(0, LONGEST_SUBJECT),
        Message: JSON.stringify({ region: client.region, approval }),
      }),
    );
  }
}
