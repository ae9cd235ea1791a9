import type { CommandModule } from 'yargs';
import type { StoreEntry, TaskEntry } from '../store/inventory.js';
import { loadSweep } from '../sweep/load.js';
import { stepsOf } from '../task/cost.js';
import { trajectoryOf } from '../task/identity.js';
import type { Task, Versions } from '../task/task.js';
import { formatCount } from '../units.js';
import type { Choice, Victim } from './delete.js';
import { deleteChosen, leftOvers } from './delete.js';
import { stateText } from './ls-text.js';
import { describeVersions, installedVersions } from '../task/registry.js';
import { storeOptions } from './store-filter.js';

interface CollectArguments {
  readonly files: readonly string[];
  readonly out: string;
  readonly yes: boolean;
}

const MAX_NAMED = 20;

export const gcCommand: CommandModule<object, CollectArguments> = {
  command: 'gc <files..>',
  describe: 'Delete what no sweep file asks for any more; says what, and deletes with --yes',
  builder: (yargs) =>
    yargs
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'All sweep files whose tasks are to stay',
      })
      .option('out', storeOptions.out)
      .option('yes', { type: 'boolean', default: false, describe: 'Delete what is listed' })
      .example('$0 gc sweeps/*.yaml', 'say what none of the sweeps asks for')
      .example('$0 gc sweeps/*.yaml --yes', 'delete it')
      .epilogue(
        'What was trained with --set is asked for by no file. A task with fewer steps than one asked for stays, as that may go on from it.',
      ),
  handler: async ({ files, out, yes }) => {
    const versions = installedVersions();
    const asked = files.flatMap((file) => loadSweep(file, { allowHuge: true, versions }).tasks);
    await deleteChosen(out, yes, (entries) => chooseUnasked(entries, asked, versions));
  },
};

/** A folder that no task is recognised in stays too, unless it was set aside: it may not be this program's. */
export function chooseUnasked(
  entries: readonly StoreEntry[],
  asked: readonly Task[],
  versions: Versions,
): Choice {
  const names = new Set(asked.map(({ name }) => name));
  const mostSteps = stepsByTrajectory(asked);
  const others = entries.filter(({ name }) => !names.has(name));
  const tasks = others.filter((entry) => entry.kind === 'task');
  const isShorter = ({ task }: TaskEntry) =>
    stepsOf(task.settings) < (mostSteps.get(trajectoryOf(task)) ?? 0);
  const unasked = tasks.filter((entry) => !isShorter(entry));
  const aside = others.filter(({ kind }) => kind === 'aside');
  return {
    victims: [
      ...unasked.map((entry): Victim => ({ entry, why: whyUnasked(entry, versions) })),
      ...aside.map((entry): Victim => ({ entry, why: 'set aside, being corrupt' })),
      ...leftOvers(others),
    ],
    kept: [
      `Kept: ${formatCount(entries.length - others.length)} asked for.\n`,
      keptLine(tasks.filter(isShorter), 'with fewer steps than one asked for'),
      keptLine(
        others.filter(({ kind }) => kind === 'foreign'),
        "not a task's (delete them by hand)",
      ),
    ].join(''),
  };
}

/** A task that nothing continues from has no trajectory, so that the map has none for it. */
function stepsByTrajectory(tasks: readonly Task[]): ReadonlyMap<string | null, number> {
  const most = new Map<string | null, number>();
  for (const task of tasks) {
    const trajectory = trajectoryOf(task);
    if (trajectory !== null)
      most.set(trajectory, Math.max(stepsOf(task.settings), most.get(trajectory) ?? 0));
  }
  return most;
}

/** As `done, of TensorFlow 2.20.0`. */
function whyUnasked({ task, state }: TaskEntry, installed: Versions): string {
  const versions = describeVersions(task, installed).map((version) => `, of ${version}`);
  return `${stateText(state, stepsOf(task.settings))}${versions.join('')}`;
}

function keptLine(entries: readonly StoreEntry[], what: string): string {
  if (entries.length === 0) return '';
  const names = entries.slice(0, MAX_NAMED).map(({ name }) => name);
  const more = entries.length - names.length;
  const list = `${names.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
  return `Kept: ${formatCount(entries.length)} ${what}: ${list}.\n`;
}
