import registries from './image/registries.json';

/** A repository of the AWS Deep Learning Containers, in the registry that AWS has for a region. */
export interface BaseRepository {
  /** `<account>.dkr.ecr.<region>.amazonaws.com`. */
  readonly registry: string;
  readonly arn: string;
}

/**
 * Where a Deep Learning Container is pulled from.
 *
 * @param image `repository:tag`
 * @see registries.json, whose accounts AWS publishes; regions that it does not name have the usual one
 */
export function baseRepository(region: string, image: string): BaseRepository {
  const accounts: Readonly<Record<string, string>> = registries.accountOf;
  const account = accounts[region] ?? registries.account;
  const [repository] = image.split(':');
  return {
    registry: `${account}.dkr.ecr.${region}.amazonaws.com`,
    arn: `arn:aws:ecr:${region}:${account}:repository/${repository}`,
  };
}

/** What Docker calls that image. */
export const baseImageUri = (region: string, image: string): string =>
  `${baseRepository(region, image).registry}/${image}`;
