import { hash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { init, parse } from 'es-module-lexer';
import { z } from 'zod';
import { InputError } from '../errors.js';
import { experimentFamilies } from './registry.js';

const MAX_BYTES = 1 << 20;
const HASH_DIGITS = 16;
const EXTENSIONS = ['.mjs', '.js'];

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'expected a name of a-z, 0-9 and -, as flat-torus' });
interface Named {
  readonly name: string;
}

/** A plugin of this process or thread. */
export interface InstalledPlugin extends Named {
  /** What it adds, by the name of the kind of part, such as `datasets`. */
  readonly parts: Readonly<Record<string, readonly Named[]>>;
  /** Absolute. */
  readonly file: string;
  /** Start of the file's SHA-256. */
  readonly hash: string;
}

/**
 * Loads a module and checks what it exports by the families of experiments that its parts are for. It is one file, so that its hash says
 * all of what it does but for the packages that it imports.
 */
export async function loadPlugin(given: string): Promise<InstalledPlugin> {
  const { file, text } = readModule(given);
  await refuseRelativeImports(given, text);
  const { name: own, ...parts } = await importPlugin(given, file);
  return { name: own, parts, file, hash: hash('sha256', text).slice(0, HASH_DIGITS) };
}

function readModule(given: string): { file: string; text: string } {
  if (!EXTENSIONS.includes(path.extname(given)))
    throw new InputError(`--plugin ${given}: expected a module with the ending ${EXTENSIONS.join(' or ')}`);
  try {
    const file = realpathSync(given);
    const text = readFileSync(file, 'utf8');
    if (text.length <= MAX_BYTES) return { file, text };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new InputError(`--plugin ${given}: can't be read (${code})`, { cause: error });
  }
  throw new InputError(`--plugin ${given}: a plugin has at most ${MAX_BYTES} characters`);
}

async function refuseRelativeImports(given: string, text: string): Promise<void> {
  await init();
  for (const specifier of importedNames(given, text)) {
    if (specifier === undefined)
      throw new InputError(
        `--plugin ${given}: imports something that only a run can tell: name it as a text`,
      );
    if (/^(\.{0,2}\/|#|file:)/i.test(specifier))
      throw new InputError(
        `--plugin ${given}: imports ${specifier}, which its hash would not tell: put all in one file`,
      );
  }
}

/** Undefined for a specifier that is computed. */
function importedNames(given: string, text: string): (string | undefined)[] {
  try {
    return parse(text)[0].flatMap((found) => (found.type === 'import-meta' ? [] : [found.specifier]));
  } catch (error) {
    throw new InputError(`--plugin ${given}: is no JavaScript module (${firstLine(error)})`, {
      cause: error,
    });
  }
}

async function importPlugin(given: string, file: string): Promise<CheckedPlugin> {
  const exported = await importModule(given, file);
  const kinds = experimentFamilies().flatMap((family) => Object.entries(family.pluginParts));
  const schema = z.strictObject({
    name,
    ...Object.fromEntries(kinds.map(([kind, part]) => [kind, z.array(part.schema).optional()])),
  });
  const parsed = schema.safeParse(exported.default);
  // Not what was parsed: functions of a part may call each other by `this`.
  if (parsed.success) return exported.default as CheckedPlugin;
  const [issue] = parsed.error.issues;
  const at = ['default', ...(issue?.path ?? [])].join('.');
  throw new InputError(`--plugin ${given}: ${at}: ${issue?.message ?? 'not a plugin'} (see docs/plugins.md)`);
}

type CheckedPlugin = Readonly<Record<string, readonly Named[]>> & {
  readonly name: string;
};

async function importModule(given: string, file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new InputError(`--plugin ${given}: can't be loaded (${firstLine(error)})`, { cause: error });
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
