/** How services say that something is not there, beside the names of their errors. */
const ABSENT =
  /NotFound|NoSuch|does not exist|not found|could not find|not exist|ServerSideEncryptionConfigurationNotFound/i;

/**
 * What a call answers, or undefined where the thing it is about is not there.
 *
 * @throws every other error of the call
 */
export async function unlessAbsent<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && ABSENT.test(`${error.name} ${error.message}`)) return undefined;
    throw error;
  }
}
