import { existsSync } from 'node:fs';
import { z } from 'zod';
import { problemsOf, throwProblems } from './problems.js';
import { keysAt } from './schema-keys.js';
import { readYaml } from './yaml-source.js';

const PROJECT_FILE = 'vae-sweep.config.yaml';
const MAX_PLUGINS = 100;

const projectSchema = z.strictObject({
  experiments: z.array(z.string().min(1).max(1_000)).max(MAX_PLUGINS).optional(),
});

/**
 * Returns the plugins that `vae-sweep.config.yaml` in the current folder lists. No other folder is read, so that a sweep file from
 * elsewhere, a store or a queue can't load code.
 */
export function projectPlugins(): readonly string[] {
  if (!existsSync(PROJECT_FILE)) return [];
  const source = readYaml(PROJECT_FILE, 'project configuration');
  const parsed = projectSchema.safeParse(source.value);
  if (parsed.success) return parsed.data.experiments ?? [];
  throwProblems(
    source,
    problemsOf(parsed.error, source.value, (at) => keysAt(projectSchema, at)),
  );
  throw parsed.error;
}
