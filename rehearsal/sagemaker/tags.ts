import type { AddTagsInput, DeleteTagsInput, ListTagsInput } from '@aws-sdk/client-sagemaker';
import { invalid } from './errors';
import type { Handlers, Valid, World } from './world';

const MOST = 50;

/** AddTags, ListTags and DeleteTags, for everything that was created here. */
export function tagging(world: World): Handlers {
  const of = (arn: string) => {
    const tags = world.tags.get(arn);
    if (!tags) throw invalid(`Could not find resource "${arn}".`);
    return tags;
  };
  const list = (tags: ReadonlyMap<string, string>) => ({
    Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
  });
  return {
    AddTags: ({ ResourceArn, Tags }: Valid<AddTagsInput>) => {
      const tags = of(ResourceArn);
      const merged = new Map([...tags, ...Tags.map(({ Key, Value }) => [Key, Value] as const)]);
      if (merged.size > MOST) throw invalid(`A resource has at most ${MOST} tags, got ${merged.size}`);
      world.tags.set(ResourceArn, merged);
      return list(merged);
    },
    ListTags: ({ ResourceArn }: Valid<ListTagsInput>) => list(of(ResourceArn)),
    DeleteTags: ({ ResourceArn, TagKeys }: Valid<DeleteTagsInput>) => {
      const tags = of(ResourceArn);
      for (const key of TagKeys) tags.delete(key);
      return {};
    },
  };
}
