import { hash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { init, parse } from 'es-module-lexer';
import { z } from 'zod';
import { InputError } from '../../../errors.js';
import type { Plugin } from './plugin.js';
import type { InstalledPlugin } from '../../../task/user-modules.js';

const MAX_BYTES = 1 << 20;
const HASH_DIGITS = 16;
const EXTENSIONS = ['.mjs', '.js'];

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, { error: 'expected a name of a-z, 0-9 and -, as flat-torus' });
const title = z.string().min(1).max(200);
const method = z.custom<(...values: never[]) => unknown>((value) => typeof value === 'function', {
  error: 'expected a function',
});
const width = z.int().min(1).max(10_000);

const pluginSchema = z.strictObject({
  name,
  datasets: z
    .array(
      z.strictObject({
        name,
        defaults: z.strictObject({
          steps: z.int().min(1).max(100_000_000),
          learningRate: z.number().min(1e-12).max(10),
          hiddenWidths: z.array(width).max(10),
          initialDecoderLogVariance: z
            .number()
            .refine((value) => value !== 0, { error: 'expected other than 0' }),
        }),
        coordinates: method,
        sourceDim: method,
        parameterShapes: method.optional(),
        points: method,
      }),
    )
    .optional(),
  metrics: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/, { error: 'expected a name as torusError' }),
        type: z.enum(['int32', 'float64', 'list']),
        unit: title,
        description: title,
        compute: method,
      }),
    )
    .optional(),
  reports: z.array(z.strictObject({ name, title, make: method })).optional(),
});

/**
 * Loads a module and checks what it exports. It runs with all rights of this process: only a user's own word, `--plugin`, may name it,
 * never a sweep file or a queue. It is one file, so that its hash says all of what it does but for the packages that it imports.
 */
export async function loadPlugin(given: string): Promise<InstalledPlugin> {
  const { file, text } = readModule(given);
  await refuseRelativeImports(given, text);
  return { plugin: await importPlugin(given, file), file, hash: hash('sha256', text).slice(0, HASH_DIGITS) };
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

async function importPlugin(given: string, file: string): Promise<Plugin> {
  const exported = await importModule(given, file);
  const parsed = pluginSchema.safeParse(exported.default);
  if (parsed.success) return exported.default as Plugin;
  const [issue] = parsed.error.issues;
  const at = ['default', ...(issue?.path ?? [])].join('.');
  throw new InputError(`--plugin ${given}: ${at}: ${issue?.message ?? 'not a plugin'} (see docs/plugins.md)`);
}

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
