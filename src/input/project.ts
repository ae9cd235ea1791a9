import { existsSync } from 'node:fs';
import { z } from 'zod';
import { problemsOf, throwProblems } from './problems.js';
import { keysAt } from './schema-keys.js';
import { readYaml } from './yaml-source.js';

const PROJECT_FILE = 'vae-sweep.config.yaml';
const MAX_PLUGINS = 100;
const MAX_NOTIFY_URLS = 20;

/** The URL of a webhook. `fetch` refuses URLs with user names or passwords. */
export const notifyUrlSchema = z
  .url({
    protocol: /^https?$/,
    error: 'expected an http or https URL, for example https://hooks.slack.com/services/...',
  })
  .max(2_000)
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    error: 'expected a URL without a user name and password',
  });

const projectSchema = z.strictObject({
  experiments: z.array(z.string().min(1).max(1_000)).max(MAX_PLUGINS).optional(),
  notify: z.array(notifyUrlSchema).max(MAX_NOTIFY_URLS).optional(),
});

/** The project's configuration. */
type Project = z.output<typeof projectSchema>;

/**
 * Returns what `vae-sweep.config.yaml` in the current folder says: the plugins that it lists, and the URLs that a run notifies. No other
 * folder is read, so that a sweep file from elsewhere, a store or a queue can't load code.
 */
export function readProject(): Project {
  if (!existsSync(PROJECT_FILE)) return {};
  const source = readYaml(PROJECT_FILE, 'project configuration');
  const parsed = projectSchema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  throwProblems(
    source,
    problemsOf(parsed.error, source.value, (at) => keysAt(projectSchema, at)),
  );
  throw parsed.error;
}
