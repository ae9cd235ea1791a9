import { existsSync } from 'node:fs';
import { InputError } from '../errors.js';
import { deleteTaskAnnotations, readAnnotations } from '../store/annotations.js';
import type { StoreEntry } from '../store/inventory.js';
import { listStore } from '../store/inventory.js';
import { tasksFolder } from '../store/task-folder.js';
import { takeoverText } from '../store/lock-owner.js';
import { acquireStoreLock } from '../store/lock.js';
import { removeFolders } from '../store/remove.js';
import { formatBytes, formatCount } from '../units.js';
import { grid } from './grid.js';

/** A folder of the store to delete. */
export interface Victim {
  readonly entry: StoreEntry;
  /** Why it is deleted, or what it is, in words. */
  readonly why: string;
}

/** What to delete, and a text on what is kept, if it needs one. */
export interface Choice {
  readonly victims: readonly Victim[];
  readonly kept: string;
}

/**
 * Lists what would be deleted. With --yes it takes the store's lock, chooses again, and deletes, so that no run uses it.
 */
export async function deleteChosen(
  outDir: string,
  yes: boolean,
  choose: (entries: readonly StoreEntry[]) => Choice,
): Promise<void> {
  const folder = tasksFolder(outDir);
  if (!existsSync(folder)) throw new InputError(`there are no tasks in ${folder}: pass the store with --out`);
  if (!yes) {
    const { victims } = say(outDir, choose(listStore(outDir)));
    if (victims.length > 0) process.stdout.write('Dry run: nothing deleted. Pass --yes to delete.\n');
    return;
  }
  const print = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const lock = await acquireStoreLock(outDir, { onWait: print });
  try {
    if (lock.takenOverFrom !== null) print(takeoverText(lock.takenOverFrom));
    const { victims } = say(outDir, choose(listStore(outDir)));
    await removeFolders(
      outDir,
      victims.map(({ entry }) => entry.name),
      lock.lost,
    );
    deleteTaskAnnotations(outDir, victims.flatMap(idOf));
    if (victims.length > 0) process.stdout.write(`Deleted ${total(victims)}.\n`);
  } finally {
    await lock.release();
  }
}

/** What an interrupted deletion or merge left, which the next deletion removes. */
export function leftOvers(entries: readonly StoreEntry[]): Victim[] {
  return entries
    .filter(({ kind }) => kind === 'removed' || kind === 'merging')
    .map((entry) => ({ entry, why: `left over from a ${entry.kind === 'removed' ? 'deletion' : 'merge'}` }));
}

function idOf({ entry }: Victim): string[] {
  return entry.kind === 'task' ? [entry.task.id] : [];
}

function say(outDir: string, choice: Choice): Choice {
  const { victims, kept } = choice;
  const { byName } = readAnnotations(outDir, 'task');
  const rows = victims.map((victim) => {
    const { entry, why } = victim;
    const isAnnotated = idOf(victim).some((id) => byName.has(id));
    return [entry.name, `${why}${isAnnotated ? ', with tags or a note' : ''}`, formatBytes(entry.bytes)];
  });
  const list =
    rows.length === 0
      ? 'Nothing to delete.\n'
      : `To delete: ${total(victims)}.\n${grid(['name', 'why', 'size'], rows)}`;
  process.stdout.write(`${list}${kept}`);
  return choice;
}

/** For example `2 folders, 1.36 MB`. */
function total(victims: readonly Victim[]): string {
  const bytes = victims.reduce((sum, { entry }) => sum + entry.bytes, 0);
  return `${formatCount(victims.length)} ${victims.length === 1 ? 'folder' : 'folders'}, ${formatBytes(bytes)}`;
}
