import { closestMatch } from 'leven';
import type { CommandModule } from 'yargs';
import { InputError } from '../errors.js';
import type { StoreEntry } from '../store/inventory.js';
import { tasksFolder } from '../store/task-folder.js';
import { deleteChosen, leftOvers } from './delete.js';
import { entryText } from './ls-text.js';
import { chooseTasks, isFiltered, storeOptions, type StoreArguments } from './store-filter.js';

interface RemoveArguments extends StoreArguments {
  readonly names: readonly string[];
  readonly yes: boolean;
}

export const rmCommand: CommandModule<object, RemoveArguments> = {
  command: 'rm [names..]',
  describe: 'Delete tasks from the store; says which, and deletes with --yes',
  builder: (yargs) =>
    yargs
      .positional('names', {
        type: 'string',
        array: true,
        default: [] as string[],
        describe: 'Names as vae-sweep ls has them, or ids of tasks',
      })
      .options(storeOptions)
      .option('yes', { type: 'boolean', default: false, describe: 'Delete what is listed' })
      .example('$0 rm --state failed --yes', 'delete all failed tasks')
      .example('$0 rm --only seed=7 --only steps=1000', 'say what would be deleted')
      .example('$0 rm 732aa8800e50deb9 --yes', 'delete one task'),
  handler: async ({ names, out, yes, ...filter }) => {
    refuseMistakes(names, filter);
    const folder = tasksFolder(out);
    await deleteChosen(out, yes, (entries) => {
      const chosen = isFiltered(filter)
        ? chooseTasks(entries, filter)
        : names.map((name) => find(name, entries, folder));
      const victims = [...new Set(chosen)].map((entry) => ({ entry, why: entryText(entry) }));
      const others = leftOvers(entries).filter(({ entry }) => !chosen.includes(entry));
      return { victims: [...victims, ...others], kept: '' };
    });
  },
};

function refuseMistakes(names: readonly string[], filter: Omit<StoreArguments, 'out'>): void {
  if (names.length === 0 && !isFiltered(filter))
    throw new InputError('say what to delete: names or ids of tasks, --state failed, or --only seed=7');
  if (names.length > 0 && isFiltered(filter))
    throw new InputError('name tasks, or choose them with --state and --only, not both');
  const path = names.find((name) => /[/\\]/.test(name));
  if (path !== undefined)
    throw new InputError(`${path}: expected a name or an id, not a path; vae-sweep ls lists the names`);
}

/** By name, or else by id. */
function find(text: string, entries: readonly StoreEntry[], folder: string): StoreEntry {
  const entry =
    entries.find(({ name }) => name === text) ??
    entries.find((each) => each.kind === 'task' && each.task.id === text);
  if (entry?.kind === 'foreign' && !entry.isFolder)
    throw new InputError(`${text}: ${entry.problem} in ${folder}: delete it by hand`);
  if (entry !== undefined) return entry;
  const known = entries.map(({ name }) => name);
  const guess = closestMatch(text, known, { maxDistance: Math.ceil(text.length / 3) });
  const hint = guess === undefined ? '' : `; did you mean "${guess}"?`;
  throw new InputError(`${text}: there is no such task in ${folder}${hint} (vae-sweep ls lists them)`);
}
