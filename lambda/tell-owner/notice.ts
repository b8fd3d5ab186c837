/** Something that the owner is to know, once. */
export interface Notice {
  /** Names the news: what was told under a key is not told again. */
  readonly key: string;

  /**
   * What the key stands at now, where it can come back to what it was before.
   *
   * @default - the key alone names the news
   */
  readonly state?: string;

  /** What happened, after `<project>-<environment>: `. */
  readonly subject: string;

  /** Lines of the mail; undefined ones are left out. */
  readonly lines: readonly (string | undefined)[];
}

/** SNS takes fewer characters than this in a subject, all of them ASCII and none of them a control character. */
const LONGEST_SUBJECT = 99;

/**
 * The subject of a mail, as SNS takes it: other characters are replaced.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function subjectOf(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?').slice(0, LONGEST_SUBJECT);
}

/** The body of a mail. */
export function bodyOf({ lines }: Pick<Notice, 'lines'>): string {
  return lines.filter((line) => line !== undefined).join('\n');
}
