/**
 * Reads a function's environment, typed by its contract.
 *
 * @param keys every variable of the contract
 * @throws an error that names all missing variables at once, while the function starts cold
 */
export function requireEnvironment<Environment extends { [key in keyof Environment]: string }>(
  keys: ReadonlyArray<keyof Environment & string>,
): Environment {
  const missing = keys.filter((key) => process.env[key] === undefined);
  if (missing.length > 0) {
    throw new Error(
      `missing environment variable ${missing.join(', ')}: set it where the function is defined (its contract.ts lists all)`,
    );
  }
  return Object.fromEntries(keys.map((key) => [key, process.env[key]])) as unknown as Environment;
}
