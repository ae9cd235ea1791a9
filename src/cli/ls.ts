import type { CommandModule } from 'yargs';
import { readAnnotations, type Annotations } from '../store/annotations.js';
import type { StoreEntry } from '../store/inventory.js';
import { listStore } from '../store/inventory.js';
import { listText } from './ls-text.js';
import { chooseTasks, isFiltered, storeOptions, type StoreArguments } from './store-filter.js';
import { withPlugins } from './plugins.js';

const ORDERS = ['name', 'age', 'size'] as const;

interface ListArguments extends StoreArguments {
  readonly sort: (typeof ORDERS)[number];
  readonly json: boolean;
}

export const lsCommand: CommandModule<object, ListArguments> = {
  command: 'ls',
  describe: 'List the tasks of all sweeps with states, ages and sizes',
  builder: (yargs) =>
    withPlugins(yargs)
      .options(storeOptions)
      .option('sort', {
        choices: ORDERS,
        default: 'name' as const,
        describe: 'age: latest change first; size: largest first',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print all entries as JSON' })
      .example('$0 ls --state failed,corrupt', 'list the tasks that need attention')
      .example('$0 ls --only dimensions=3-12-20 --sort size', 'list the tasks of one cell, largest first'),
  handler: ({ out, sort, json, ...filter }) => {
    const all = listStore(out);
    const annotations = readAnnotations(out, 'task');
    const chosen = isFiltered(filter) ? chooseTasks(all, filter, annotations.byName) : all;
    const entries = inOrder(chosen, sort);
    const now = new Date();
    process.stdout.write(
      json ? listJson(entries, annotations.byName) : listText(entries, out, now, annotations.byName),
    );
    for (const problem of annotations.problems) process.stderr.write(`${problem}\n`);
  },
};

function inOrder(entries: readonly StoreEntry[], sort: ListArguments['sort']): StoreEntry[] {
  if (sort === 'age') return entries.toSorted((a, b) => b.changedMs - a.changedMs);
  if (sort === 'size') return entries.toSorted((a, b) => b.bytes - a.bytes);
  return [...entries];
}

function listJson(entries: readonly StoreEntry[], annotations: Annotations['byName']): string {
  const items = entries.map((entry) => {
    const { kind, name, bytes, changedMs } = entry;
    const place = { kind, name, bytes, changedAt: new Date(changedMs).toISOString() };
    if (entry.kind === 'foreign') return { ...place, problem: entry.problem };
    if (entry.kind !== 'task') return place;
    const { id, settings, versions } = entry.task;
    return { ...place, id, ...entry.state, settings, versions, ...annotations.get(id) };
  });
  return `${JSON.stringify(items, null, 1)}\n`;
}
