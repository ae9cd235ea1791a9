import path from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { groupBy } from '../report/group-by.js';
import { listStore } from '../store/inventory.js';
import { namesIn, readJsonFile } from '../store/files.js';
import { NOTHING_SKIPPED } from '../sweep/expand.js';
import type { Sweep, SweepPart } from '../sweep/load.js';
import { experimentOf } from '../task/registry.js';
import { varyingSettings } from '../task/settings.js';
import { type Task } from '../task/task.js';
import type { WatchedSweep } from './watch.js';

/** The manifest that a run writes when it starts. */
const manifestSchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  file: z.string(),
  tasks: z.array(z.object({ name: z.string(), id: z.string() })).max(100_000),
});

/** Loads a sweep file. */
type Load = (file: string) => WatchedSweep | Promise<WatchedSweep>;

type Manifest = z.infer<typeof manifestSchema>;

/**
 * Returns the sweeps of a store. If a sweep's file still exists at the same path and has the same tasks, it is loaded, with its title
 * and printed tables. Otherwise the sweep is reconstructed from its tasks in the store.
 * @param load loads a sweep file
 */
export async function storedSweeps(outDir: string, load: Load): Promise<WatchedSweep[]> {
  const stored = new Map<string, Task>();
  for (const entry of listStore(outDir)) if (entry.kind === 'task') stored.set(entry.task.id, entry.task);
  const sweeps: WatchedSweep[] = [];
  for (const name of namesIn(path.resolve(outDir, 'sweeps')).sort()) {
    const read = () => readManifest(outDir, name);
    const manifest = read();
    if (manifest?.name !== name) continue;
    const sweep = (await fromFile(manifest, load, read)) ?? fromStore(manifest, stored);
    if (sweep !== null) sweeps.push(sweep);
  }
  if (sweeps.length > 0 || stored.size === 0) return sweeps;
  return [toSweep('store', 'All tasks in the store', outDir, [...stored.values()])];
}

function readManifest(outDir: string, name: string): Manifest | null {
  const manifest = readJsonFile(path.resolve(outDir, 'sweeps', name, 'sweep.json'), manifestSchema);
  return manifest.found ? manifest.value : null;
}

/** @param read reads the manifest again: a run writes it anew when the next tasks of a search become known */
async function fromFile(
  manifest: Manifest,
  load: Load,
  read: () => Manifest | null,
): Promise<WatchedSweep | null> {
  try {
    const { sweep, reload } = await load(manifest.file);
    const own = withTasksOf(sweep, manifest);
    if (sweep.name !== manifest.name || own.tasks.length < manifest.tasks.length) return null;
    return { sweep: own, reload: reload && (() => withTasksOf(reload(), read() ?? manifest)) };
  } catch (error) {
    // The file was moved or changed.
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Keeps only the tasks that the run executes. */
function withTasksOf(sweep: Sweep, manifest: Manifest): Sweep {
  const ids = new Set(manifest.tasks.map(({ id }) => id));
  const parts = sweep.parts
    .map((part) => ({ ...part, tasks: part.tasks.filter(({ id }) => ids.has(id)) }))
    .filter((part) => part.tasks.length > 0);
  return { ...sweep, tasks: sweep.tasks.filter(({ id }) => ids.has(id)), parts };
}

function fromStore({ name, file, tasks }: Manifest, stored: ReadonlyMap<string, Task>): WatchedSweep | null {
  const own = tasks.flatMap(({ id }) => stored.get(id) ?? []);
  return own.length === 0 ? null : toSweep(name, name, file, own);
}

/** Returns a sweep with one part per experiment, and without printed tables. */
function toSweep(name: string, title: string, file: string, tasks: readonly Task[]): WatchedSweep {
  const experimentOfTask = ({ settings }: Task) => experimentOf(settings).name;
  const parts = [...groupBy(tasks, experimentOfTask)].map(([experiment, own]): SweepPart => {
    const about = { name: `${name}-${experiment}`, title: experiment, file, experiment, table: null };
    return { ...about, varying: varyingSettings(own), space: [], tasks: own };
  });
  const known = { shard: null, skipped: NOTHING_SKIPPED, searches: [] };
  return { sweep: { name, title, file, tasks, parts, ...known }, reload: null };
}
