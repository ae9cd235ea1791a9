import { existsSync } from 'node:fs';
import { InputError } from '../errors.js';
import type { StoreEntry } from '../store/inventory.js';
import { listStore } from '../store/inventory.js';
import { tasksFolder } from '../store/task-folder.js';
import { acquireStoreLock } from '../store/lock.js';
import { removeFolders } from '../store/remove.js';
import { formatBytes, formatCount } from '../units.js';
import { grid } from './grid.js';

/** A folder of the store that is to go. */
export interface Victim {
  readonly entry: StoreEntry;
  /** Why, or what it is, in words. */
  readonly why: string;
}

/** What is to go, and a text on what stays, if there is anything to say on it. */
export interface Choice {
  readonly victims: readonly Victim[];
  readonly kept: string;
}

/**
 * Says what is to go; deletes it if the user said yes, and then it is chosen and deleted alone on the store, so that no run has it.
 */
export async function deleteChosen(
  outDir: string,
  yes: boolean,
  choose: (entries: readonly StoreEntry[]) => Choice,
): Promise<void> {
  const folder = tasksFolder(outDir);
  if (!existsSync(folder))
    throw new InputError(`there are no tasks in ${folder}: name their store with --out`);
  if (!yes) {
    const { victims } = say(choose(listStore(outDir)));
    if (victims.length > 0) process.stdout.write('Nothing was deleted; --yes deletes.\n');
    return;
  }
  const tell = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const lock = await acquireStoreLock(outDir, { onWait: tell });
  try {
    if (lock.takenOverFrom !== null) tell(`took the store over from ${lock.takenOverFrom}, which is gone`);
    const { victims } = say(choose(listStore(outDir)));
    await removeFolders(
      outDir,
      victims.map(({ entry }) => entry.name),
      lock.lost,
    );
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

function say(choice: Choice): Choice {
  const { victims, kept } = choice;
  const rows = victims.map(({ entry, why }) => [entry.name, why, formatBytes(entry.bytes)]);
  const list =
    rows.length === 0
      ? 'Nothing to delete.\n'
      : `To delete: ${total(victims)}.\n${grid(['name', 'why', 'size'], rows)}`;
  process.stdout.write(`${list}${kept}`);
  return choice;
}

/** As `2 folders, 1.36 MB`. */
function total(victims: readonly Victim[]): string {
  const bytes = victims.reduce((sum, { entry }) => sum + entry.bytes, 0);
  return `${formatCount(victims.length)} ${victims.length === 1 ? 'folder' : 'folders'}, ${formatBytes(bytes)}`;
}
