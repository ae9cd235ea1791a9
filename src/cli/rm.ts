import type { CommandModule } from 'yargs';
import { InputError } from '../errors.js';
import { deleteChosen, leftOvers } from './delete.js';
import { entryText } from './ls-text.js';
import { chooseEntries, isFiltered, namesOption, storeOptions, type StoreArguments } from './store-filter.js';
import { withPlugins } from './plugins.js';

interface RemoveArguments extends StoreArguments {
  readonly names: readonly string[];
  readonly yes: boolean;
}

export const rmCommand: CommandModule<object, RemoveArguments> = {
  command: 'rm [names..]',
  describe: 'Delete chosen tasks; lists them first',
  builder: (yargs) =>
    withPlugins(yargs)
      .positional('names', namesOption)
      .options(storeOptions)
      .option('yes', { type: 'boolean', default: false, describe: 'Delete what is listed' })
      .example('$0 rm --state failed --yes', 'delete all failed tasks')
      .example('$0 rm --only seed=7 --only steps=1000', 'list what would be deleted')
      .example('$0 rm 732aa8800e50deb9 --yes', 'delete one task'),
  handler: async ({ names, out, yes, ...filter }) => {
    refuseMistakes(names, filter);
    await deleteChosen(out, yes, (entries) => {
      const chosen = chooseEntries(entries, names, filter, out);
      const victims = [...new Set(chosen)].map((entry) => ({ entry, why: entryText(entry) }));
      const others = leftOvers(entries).filter(({ entry }) => !chosen.includes(entry));
      return { victims: [...victims, ...others], kept: '' };
    });
  },
};

function refuseMistakes(names: readonly string[], filter: Omit<StoreArguments, 'out'>): void {
  if (names.length === 0 && !isFiltered(filter))
    throw new InputError(
      'nothing is selected: pass names or ids of tasks, or select tasks with --state failed, --only seed=7 or --tag',
    );
  const path = names.find((name) => /[/\\]/.test(name));
  if (path !== undefined)
    throw new InputError(`${path}: expected a name or an id, not a path. List the names with vae-sweep ls`);
}
