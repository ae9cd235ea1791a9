import { createHash, hash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { init, parse } from 'es-module-lexer';
import { z } from 'zod';
import { InputError } from '../errors.js';
import { partName } from '../task/plugin-schemas.js';
import type { InstalledPlugin } from '../task/plugins.js';
import { experimentFamilies } from '../task/registry.js';
import { formatBytes } from '../units.js';
import { problemsOf, throwProblems } from './problems.js';
import { keysAt } from './schema-keys.js';
import { parseYaml } from './yaml-source.js';

const MAX_BYTES = 1 << 20;
/** Maximum total size of the files that a plugin lists. */
const MAX_LISTED_BYTES = 64 << 20;
const HASH_DIGITS = 16;
const MODULES = ['.mjs', '.js'];
const YAML = ['.yaml', '.yml'];

type Named = InstalledPlugin['parts'][string][number];
type Parts = InstalledPlugin['parts'];

/**
 * Loads a plugin, which is a module or a YAML file that declares one part, and validates its parts with the schemas of their experiment
 * families. A plugin consists of one file and the files that it lists, so that its hash covers everything except imported packages.
 * @throws InputError if the plugin can't be loaded or is invalid
 */
export async function loadPlugin(pluginFile: string): Promise<InstalledPlugin> {
  const extension = path.extname(pluginFile);
  if (![...MODULES, ...YAML].includes(extension))
    throw new InputError(
      `${pluginFile}: expected a plugin file with the extension ${[...MODULES, ...YAML].join(', ')}`,
    );
  const { file, text } = readPlugin(pluginFile);
  const { name, parts } = YAML.includes(extension)
    ? declaredPart(pluginFile, text)
    : await importPlugin(pluginFile, file, text);
  const listed = partKinds().flatMap(([kind, part]) =>
    (parts[kind] ?? []).flatMap((each) => part.files?.(each) ?? []),
  );
  const digest = listed.length === 0 ? hash('sha256', text) : hashWithFiles(text, pluginFile, file, listed);
  return { name, parts, file, hash: digest.slice(0, HASH_DIGITS) };
}

function partKinds() {
  return experimentFamilies().flatMap((family) => Object.entries(family.pluginParts));
}

function readPlugin(pluginFile: string): { file: string; text: string } {
  try {
    const file = realpathSync(pluginFile);
    const text = readFileSync(file, 'utf8');
    if (Buffer.byteLength(text) <= MAX_BYTES) return { file, text };
  } catch (error) {
    const code = codeOf(error);
    throw new InputError(
      code === 'ENOENT' ? `Plugin file not found: ${pluginFile}` : `${pluginFile}: can't be read (${code})`,
      { cause: error },
    );
  }
  throw new InputError(
    `${pluginFile}: the file is too large; the maximum size of a plugin is ${formatBytes(MAX_BYTES)}`,
  );
}

function hashWithFiles(text: string, pluginFile: string, file: string, listed: readonly string[]): string {
  const sum = createHash('sha256').update(hash('sha256', text));
  let bytes = 0;
  for (const name of [...new Set(listed)].sort()) {
    const listedFile = path.resolve(path.dirname(file), name);
    try {
      bytes += statSync(listedFile).size;
      if (bytes > MAX_LISTED_BYTES)
        throw new InputError(
          `${pluginFile}: files: the total size exceeds the limit of ${formatBytes(MAX_LISTED_BYTES)}`,
        );
      sum.update(JSON.stringify(name)).update(hash('sha256', readFileSync(listedFile)));
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(`${pluginFile}: files: ${name} can't be read (${codeOf(error)})`, {
        cause: error,
      });
    }
  }
  return sum.digest('hex');
}

/** Parses a YAML file as a plugin with one part, of the kind that can be declared without code. */
function declaredPart(pluginFile: string, text: string): { name: string; parts: Parts } {
  const source = parseYaml(pluginFile, text);
  const found = partKinds().find(([, part]) => part.declaration !== undefined);
  if (found?.[1].declaration === undefined)
    throw new InputError(`${pluginFile}: YAML plugins are not supported: expected a JavaScript module`);
  const [kind, { schema, declaration }] = found;
  for (const each of [declaration, schema]) {
    const { error } = each.safeParse(source.value);
    if (error !== undefined)
      throwProblems(
        source,
        problemsOf(error, source.value, (at) => keysAt(declaration, at)),
      );
  }
  const part = source.value as Named;
  return { name: part.name, parts: { [kind]: [part] } };
}

async function importPlugin(
  pluginFile: string,
  file: string,
  text: string,
): Promise<{ name: string; parts: Parts }> {
  await assertSelfContained(pluginFile, text);
  const exported = await importModule(pluginFile, file);
  const schema = z.strictObject({
    name: partName,
    ...Object.fromEntries(partKinds().map(([kind, part]) => [kind, z.array(part.schema).optional()])),
  });
  const { error } = schema.safeParse(exported.default);
  if (error !== undefined) {
    const [issue] = error.issues;
    const at = ['default', ...(issue?.path ?? [])].join('.');
    throw new InputError(`${pluginFile}: ${at}: ${issue?.message ?? 'not a plugin'} (see docs/plugins.md)`);
  }
  // Keep the original object instead of zod's copy: functions of a part may call each other through `this`.
  const { name, ...parts } = exported.default as Named & Parts;
  return { name, parts };
}

/** Throws for imports of other files, which the plugin's hash would not cover. */
async function assertSelfContained(pluginFile: string, text: string): Promise<void> {
  await init();
  for (const specifier of importedNames(pluginFile, text)) {
    if (specifier === undefined)
      throw new InputError(`${pluginFile}: has an import() with a computed name: pass a string literal`);
    if (/^(\.{0,2}\/|#|file:)/i.test(specifier))
      throw new InputError(
        `${pluginFile}: imports ${specifier}, which the plugin's hash does not cover: put all code into one file`,
      );
  }
}

/** Returns the imported specifiers; undefined for one that is computed. */
function importedNames(pluginFile: string, text: string): (string | undefined)[] {
  try {
    return parse(text)[0].flatMap((found) => (found.type === 'import-meta' ? [] : [found.specifier]));
  } catch (error) {
    throw new InputError(`${pluginFile}: is not a valid JavaScript module (${firstLine(error)})`, {
      cause: error,
    });
  }
}

async function importModule(pluginFile: string, file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new InputError(`${pluginFile}: can't be loaded (${firstLine(error)})`, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
