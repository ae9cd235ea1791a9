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

/** The manifest that a run writes when it starts. */
const manifestSchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  file: z.string(),
  tasks: z.array(z.object({ name: z.string(), id: z.string() })).max(100_000),
});

type Manifest = z.infer<typeof manifestSchema>;

/**
 * Returns the sweeps of a store. If a sweep's file still exists at the same path and has the same tasks, it is loaded, with its title
 * and printed tables. Otherwise the sweep is reconstructed from its tasks in the store.
 * @param load loads a sweep file
 */
export async function storedSweeps(
  outDir: string,
  load: (file: string) => Sweep | Promise<Sweep>,
): Promise<Sweep[]> {
  const stored = new Map<string, Task>();
  for (const entry of listStore(outDir)) if (entry.kind === 'task') stored.set(entry.task.id, entry.task);
  const sweeps: Sweep[] = [];
  for (const name of namesIn(path.resolve(outDir, 'sweeps')).sort()) {
    const manifest = readJsonFile(path.resolve(outDir, 'sweeps', name, 'sweep.json'), manifestSchema);
    if (!manifest.found || manifest.value.name !== name) continue;
    const sweep = (await fromFile(manifest.value, load)) ?? fromStore(manifest.value, stored);
    if (sweep !== null) sweeps.push(sweep);
  }
  if (sweeps.length > 0 || stored.size === 0) return sweeps;
  return [toSweep('store', 'All tasks in the store', outDir, [...stored.values()])];
}

async function fromFile(
  { name, file, tasks }: Manifest,
  load: (file: string) => Sweep | Promise<Sweep>,
): Promise<Sweep | null> {
  try {
    const sweep = await load(file);
    const ids = new Set(tasks.map(({ id }) => id));
    const own = sweep.tasks.filter(({ id }) => ids.has(id));
    if (sweep.name !== name || own.length < ids.size) return null;
    const parts = sweep.parts
      .map((part) => ({ ...part, tasks: part.tasks.filter(({ id }) => ids.has(id)) }))
      .filter((part) => part.tasks.length > 0);
    return { ...sweep, tasks: own, parts };
  } catch (error) {
    // The file was moved or changed.
    if (error instanceof UserError) return null;
    throw error;
  }
}

function fromStore({ name, file, tasks }: Manifest, stored: ReadonlyMap<string, Task>): Sweep | null {
  const own = tasks.flatMap(({ id }) => stored.get(id) ?? []);
  return own.length === 0 ? null : toSweep(name, name, file, own);
}

/** Returns a sweep with one part per experiment, and without printed tables. */
function toSweep(name: string, title: string, file: string, tasks: readonly Task[]): Sweep {
  const experimentOfTask = ({ settings }: Task) => experimentOf(settings).name;
  const parts = [...groupBy(tasks, experimentOfTask)].map(([experiment, own]): SweepPart => {
    const about = { name: `${name}-${experiment}`, title: experiment, file, experiment, table: null };
    return { ...about, varying: varyingSettings(own), space: [], tasks: own };
  });
  return { name, title, file, tasks, parts, shard: null, skipped: NOTHING_SKIPPED, searches: [] };
}
