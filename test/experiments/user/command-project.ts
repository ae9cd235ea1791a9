import '../../../src/experiments/index.js';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../../../src/experiments/user/command-worker.js';
import { installPlugins } from '../../../src/input/plugins.js';
import { readLog, readNumbers } from '../../../src/logs/read.js';
import { prepareTaskFolder } from '../../../src/store/task-folder.js';
import { identify } from '../../../src/task/identity.js';
import type { TaskOutcome } from '../../../src/task/outcome.js';
import { experimentNamed, experimentNames, installedVersions } from '../../../src/task/registry.js';

let projects = 0;

/** Creates a folder with a command experiment. Its program is a Node script, because other interpreters may be missing. */
export function projectWith(program: string, declaration: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-command-'));
  // The names of installed plugins must be unique.
  projects += 1;
  const name = `count-${projects}`;
  writeFileSync(path.join(folder, 'program.mjs'), program);
  const experiment = {
    name,
    form: 'command',
    command: [process.execPath, 'program.mjs'],
    files: ['program.mjs'],
    settings: { lastNumber: { type: 'integer', min: 0, max: 1_000_000, default: 3 } },
    columns: { rows: [{ name: 'n' }, { name: 'square', unit: 'm', description: 'Its square' }] },
    rows: 'lastNumber',
    ...declaration,
  };
  const plugin = path.join(folder, 'count.yaml');
  writeFileSync(plugin, JSON.stringify(experiment));
  writeFileSync(path.join(folder, 'sweep.yaml'), `experiment: ${name}\nsettings: { seed: 1 }\n`);
  return { folder, name, plugin };
}

export type Project = ReturnType<typeof projectWith>;

/** Attempts a project's task in this thread, like a worker. */
export async function attempt({ folder, name, plugin }: Project, isStopping = false): Promise<TaskOutcome> {
  if (!experimentNames().includes(name)) await installPlugins([plugin]);
  const experiment = experimentNamed(name);
  const settings = experiment.resolve({ seed: 1 });
  const task = identify(settings, experiment.versions(settings, installedVersions()));
  const cells = new Int32Array(new SharedArrayBuffer(8));
  if (isStopping) cells[0] = 1;
  const request = {
    type: 'train',
    task,
    folder: prepareTaskFolder(path.join(folder, 'out', 'tasks', task.name), task),
    predecessor: null,
    checkpointEveryMs: 0,
    shared: cells.buffer,
    slot: 0,
  } as const;
  return run(request, { now: () => performance.now(), date: () => new Date() });
}

export function options({ folder, plugin }: Project, ...more: readonly string[]): string[] {
  return [path.join(folder, 'sweep.yaml'), '--out', path.join(folder, 'out'), '--plugin', plugin, ...more];
}

export function taskFolderOf({ folder }: Project): string {
  const tasks = path.join(folder, 'out', 'tasks');
  return path.join(tasks, readdirSync(tasks)[0] ?? '');
}

export function numbersOf(project: Project, column: string): number[] {
  return Array.from(readNumbers(readLog(path.join(taskFolderOf(project), 'rows.arrow')), column));
}
