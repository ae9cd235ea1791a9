import { existsSync } from 'node:fs';
import { z } from 'zod';
import { problemsOf, refuseProblems } from './problems.js';
import { keysAt } from './schema-keys.js';
import { readYaml } from './yaml-source.js';

const PROJECT_FILE = 'vae-sweep.config.yaml';
const MAX_PLUGINS = 100;

const projectSchema = z.strictObject({
  experiments: z.array(z.string().min(1).max(1_000)).max(MAX_PLUGINS).optional(),
});

/**
 * The plugins that the project in the current folder names. Only the current folder is looked at: a sweep file from elsewhere, a store
 * or a queue can't bring code with it.
 */
export function projectPlugins(): readonly string[] {
  if (!existsSync(PROJECT_FILE)) return [];
  const source = readYaml(PROJECT_FILE, 'project configuration');
  const parsed = projectSchema.safeParse(source.value);
  if (parsed.success) return parsed.data.experiments ?? [];
  refuseProblems(
    source,
    problemsOf(parsed.error, source.value, (at) => keysAt(projectSchema, at)),
  );
  throw parsed.error;
}
