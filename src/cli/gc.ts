import type { CommandModule } from 'yargs';
import type { StoreEntry, TaskEntry } from '../store/inventory.js';
import { openSweep } from '../run/stored-sweep.js';
import { stepsOf } from '../task/cost.js';
import { trajectoryKey } from '../task/identity.js';
import type { Task, Versions } from '../task/task.js';
import { formatCount } from '../units.js';
import type { Choice, Victim } from './delete.js';
import { deleteChosen, leftOvers } from './delete.js';
import { stateText } from './ls-text.js';
import { describeVersions, installedVersions } from '../task/registry.js';
import { storeOptions } from './store-filter.js';
import { withPlugins } from './plugins.js';

interface CollectArguments {
  readonly files: readonly string[];
  readonly out: string;
  readonly yes: boolean;
}

const MAX_NAMED = 20;

export const gcCommand: CommandModule<object, CollectArguments> = {
  command: 'gc <files..>',
  describe: 'Delete tasks that no sweep file references; lists them first',
  builder: (yargs) =>
    withPlugins(yargs)
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Sweep files whose tasks to keep',
      })
      .option('out', storeOptions.out)
      .option('yes', { type: 'boolean', default: false, describe: 'Delete what is listed' })
      .example('$0 gc sweeps/*.yaml', 'list the tasks that no sweep references')
      .example('$0 gc sweeps/*.yaml --yes', 'delete them')
      .epilogue(
        'Tasks of runs with --set are not referenced by a file and are deleted, unless a referenced task with more steps may continue from them.',
      ),
  handler: async ({ files, out, yes }) => {
    const versions = installedVersions();
    const referenced: Task[] = [];
    for (const file of files) {
      const { sweep } = await openSweep(file, out, { allowHuge: true, versions });
      referenced.push(...sweep.tasks);
    }
    await deleteChosen(out, yes, (entries) => chooseUnreferenced(entries, referenced, versions));
  },
};

/** Keeps a folder without a recognizable task too, unless it was set aside: it may belong to another program. */
export function chooseUnreferenced(
  entries: readonly StoreEntry[],
  referenced: readonly Task[],
  versions: Versions,
): Choice {
  const names = new Set(referenced.map(({ name }) => name));
  const maxSteps = stepsByTrajectory(referenced);
  const others = entries.filter(({ name }) => !names.has(name));
  const tasks = others.filter((entry) => entry.kind === 'task');
  const isShorter = ({ task }: TaskEntry) =>
    stepsOf(task.settings) < (maxSteps.get(trajectoryKey(task)) ?? 0);
  const unreferenced = tasks.filter((entry) => !isShorter(entry));
  const aside = others.filter(({ kind }) => kind === 'aside');
  return {
    victims: [
      ...unreferenced.map((entry): Victim => ({ entry, why: whyUnreferenced(entry, versions) })),
      ...aside.map((entry): Victim => ({ entry, why: 'corrupt, set aside' })),
      ...leftOvers(others),
    ],
    kept: [
      `Kept: ${taskCount(entries.length - others.length)} referenced by the sweep files.\n`,
      keptLine(tasks.filter(isShorter), taskCount, 'with fewer steps than a referenced task'),
      keptLine(
        others.filter(({ kind }) => kind === 'foreign'),
        (count) => `${formatCount(count)} ${count === 1 ? 'entry' : 'entries'}`,
        'not created by vae-sweep (delete them by hand)',
      ),
    ].join(''),
  };
}

/** A task that nothing continues from has no trajectory, so that the map has none for it. */
function stepsByTrajectory(tasks: readonly Task[]): ReadonlyMap<string | null, number> {
  const max = new Map<string | null, number>();
  for (const task of tasks) {
    const trajectory = trajectoryKey(task);
    if (trajectory !== null) max.set(trajectory, Math.max(stepsOf(task.settings), max.get(trajectory) ?? 0));
  }
  return max;
}

/** For example `not referenced (done, of TensorFlow 2.20.0)`. */
function whyUnreferenced({ task, state }: TaskEntry, installed: Versions): string {
  const versions = describeVersions(task, installed).map((version) => `, of ${version}`);
  return `not referenced (${stateText(state, stepsOf(task.settings))}${versions.join('')})`;
}

function keptLine(
  entries: readonly StoreEntry[],
  countText: (count: number) => string,
  what: string,
): string {
  if (entries.length === 0) return '';
  const names = entries.slice(0, MAX_NAMED).map(({ name }) => name);
  const more = entries.length - names.length;
  const list = `${names.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
  return `Kept: ${countText(entries.length)} ${what}: ${list}.\n`;
}

/** For example `2 tasks`. */
function taskCount(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'task' : 'tasks'}`;
}
