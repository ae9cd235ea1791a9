/**
 * Returns why tests are skipped that need a tool, or false.
 * @param missing why the tool can't be used, or false
 * @throws an Error with this reason where CI=true: the tests run there with all tools, and none may be skipped unnoticed
 */
export function skipWithout(missing: string | false): string | false {
  if (missing !== false && process.env['CI'] === 'true')
    throw new Error(`The tests need a tool that is missing, and CI=true is set: ${missing}`);
  return missing;
}
