import { existsSync } from 'node:fs';
import { z } from 'zod';
import { problemsOf, throwProblems, type Problem } from './problems.js';
import { keysAt } from './schema-keys.js';
import { readYaml } from './yaml-source.js';

const PROJECT_FILE = 'vae-sweep.config.yaml';
const MAX_PLUGINS = 100;
const MAX_NOTIFY_URLS = 20;
export const MAX_WORKERS = 1_024;

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

const filePath = z.string().min(1).max(1_000);

export const projectSchema = z.strictObject({
  experiments: z
    .array(filePath)
    .max(MAX_PLUGINS)
    .optional()
    .describe('Plugins that each command loads, like --plugin. They run with all your rights.'),
  out: filePath.optional().describe('Folder of all results, for commands without --out. Default: out.'),
  workers: z
    .int()
    .min(1)
    .max(MAX_WORKERS)
    .optional()
    .describe('Number of tasks that run at a time, for commands without --workers. Default: one per core.'),
  notify: z
    .array(notifyUrlSchema)
    .max(MAX_NOTIFY_URLS)
    .optional()
    .describe('URLs to which each run posts JSON, in addition to those of --notify.'),
});

/** The project's configuration. */
export type Project = z.output<typeof projectSchema>;

/** The project's configuration, and where each value comes from. */
interface ProjectFile {
  readonly project: Project;
  /** Returns the file and line of a value, for example `vae-sweep.config.yaml:2`; null if the file does not set it. */
  readonly placeOf: (key: keyof Project) => string | null;
}

/** A webhook's URL contains a secret, so problems of URLs do not repeat them. */
function withoutSecret(problem: Problem): Problem {
  if (problem.path[0] !== 'notify') return problem;
  return { ...problem, message: problem.message.replace(/, got [^]*$/, '') };
}

/**
 * Returns what `vae-sweep.config.yaml` in the current folder says. No other folder is read, so that a sweep file from elsewhere, a store or
 * a queue can't load code.
 * @throws InputError with the line of each problem
 */
export function readProject(): Project {
  return readProjectFile().project;
}

/** Reads the project's configuration like `readProject`. */
export function readProjectFile(): ProjectFile {
  if (!existsSync(PROJECT_FILE)) return { project: {}, placeOf: () => null };
  const source = readYaml(PROJECT_FILE, 'project configuration');
  const { data, error } = projectSchema.safeParse(source.value);
  if (data === undefined) {
    throwProblems(
      source,
      problemsOf(error, source.value, (at) => keysAt(projectSchema, at)).map(withoutSecret),
    );
    throw error;
  }
  return {
    project: data,
    placeOf: (key) =>
      data[key] === undefined ? null : `${source.file}:${source.locate?.([key], 'key').line ?? 1}`,
  };
}
