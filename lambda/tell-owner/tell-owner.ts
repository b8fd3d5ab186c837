import { PublishCommand } from '@aws-sdk/client-sns';
import type { Dependencies } from './dependencies';
import { type ModelPackageEvent, modelNews } from './model-news';
import { bodyOf, type Notice, subjectOf } from './notice';
import { type ReleaseEvent, releaseNews } from './release-news';
import { toldNotices } from './told';
import { type TrainingEvent, trainingNews } from './training-news';

/** What the rules hand over, as AWS sends it. */
export type TellOwnerEvent = ModelPackageEvent | TrainingEvent | ReleaseEvent;

export type TellOwnerOutcome = 'told' | 'told before' | 'no news';

/**
 * Writes to the owner what became of a model: it waits, was decided on, was refused by its gate, is in service or is not.
 *
 *     events of registry, pipeline and release machine → news → claim → mail → done
 *
 * Events come late, twice and out of order, so each is only a reason to look; what is written is what AWS says now.
 */
export function tellOwner(deps: Dependencies) {
  const { settings } = deps;
  const told = toldNotices(deps.dynamodb, settings.STATE_TABLE, deps.now);

  return async (event: TellOwnerEvent): Promise<TellOwnerOutcome> => {
    const news = await newsIn(deps, event);
    const outcome = news ? await tell(news) : 'no news';
    console.log(JSON.stringify({ did: outcome, event: event['detail-type'], key: news?.key }));
    return outcome;
  };

  async function tell(news: Notice): Promise<TellOwnerOutcome> {
    if (!(await told.claim(news))) return 'told before';
    try {
      await deps.sns.send(
        new PublishCommand({
          TopicArn: settings.OWNER_TOPIC_ARN,
          Subject: subjectOf(`${settings.PROJECT}-${settings.ENVIRONMENT}: ${news.subject}`),
          Message: bodyOf(news),
        }),
      );
    } catch (error) {
      // Should this fail too, the claim runs out by itself; the first error is the one to be seen.
      await told.release(news).catch(() => undefined);
      throw error;
    }
    await told.done(news);
    return 'told';
  }
}

async function newsIn(deps: Dependencies, event: TellOwnerEvent): Promise<Notice | undefined> {
  switch (event['detail-type']) {
    case 'SageMaker Model Package State Change':
      return modelNews(deps, event);
    case 'SageMaker Model Building Pipeline Execution Status Change':
      return trainingNews(deps, event);
    case 'Step Functions Execution Status Change':
      return releaseNews(deps, event);
  }
}
