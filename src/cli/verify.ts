import type { CommandModule } from 'yargs';
import type { Comparison } from '../run/retrain.js';
import { runOutput } from './run-output.js';
import { onStopRequest } from './stop-request.js';
import { EXIT, InputError } from '../errors.js';
import { recordProblem } from '../store/import-task.js';
import { acquireStoreLock } from '../store/lock.js';
import { prepareTaskFolder, taskFolder, verifyTask } from '../store/task-folder.js';
import type { Sweep } from '../sweep/load.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatCount } from '../units.js';
import { defaultRunOptions } from '../run/defaults.js';
import {
  DEFAULT_WORKERS,
  loadSweepOf,
  received,
  sweepText,
  withShardOption,
  withSweepOptions,
  workersOption,
  type ShardArguments,
} from './options.js';
import { countTasks } from './task-counter.js';

interface VerifyArguments extends ShardArguments {
  readonly workers: number;
  readonly retrain: number | undefined;
  readonly seed: number | undefined;
  readonly repair: boolean;
}

interface Problem {
  readonly task: Task;
  readonly problem: string;
}

interface Verified {
  readonly finished: readonly Task[];
  /** Tasks whose results do not match their markers. */
  readonly corrupt: readonly Problem[];
  /** Finished tasks with intact results whose `task.json` is missing or damaged. */
  readonly unidentified: readonly Problem[];
}

export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify <file>',
  describe: 'Check the files of finished tasks against checksums',
  builder: (yargs) =>
    withShardOption(withSweepOptions(yargs))
      .option('workers', { ...workersOption, default: DEFAULT_WORKERS })
      .option('retrain', {
        type: 'number',
        requiresArg: true,
        coerce: (count: number) => wholeNumber('--retrain', count, 1),
        describe: 'Execute this many finished tasks again and compare their bits',
      })
      .option('seed', {
        type: 'number',
        requiresArg: true,
        coerce: (seed: number) => wholeNumber('--seed', seed, 0),
        describe: 'Random seed that chooses the tasks of --retrain. Default: 0',
      })
      .option('repair', {
        type: 'boolean',
        default: false,
        describe: 'Write missing and damaged task.json files of finished tasks again',
      })
      .example('$0 verify sweeps/paper.yaml', 'check every file')
      .example('$0 verify sweeps/paper.yaml --repair', 'also repair what follows from the rest')
      .example('$0 verify sweeps/paper.yaml --retrain 3', 'also execute three tasks again'),
  handler: async (argv) => {
    const { retrain, seed, repair } = argv;
    if (seed !== undefined && retrain === undefined)
      throw new InputError(
        '--seed has no effect without --retrain: pass a number of tasks, for example --retrain 3',
      );
    const sweep = await loadSweepOf(argv);
    const verified = verifyAll(sweep, argv.out);
    if (repair && verified.unidentified.length > 0) await repairRecords(argv.out, verified.unidentified);
    process.stdout.write(verifiedText(verified, sweep, sweepText(argv), repair));
    const unrepaired = repair ? [] : verified.unidentified;
    if (verified.corrupt.length + unrepaired.length > 0) process.exitCode = EXIT.failure;
    if (retrain !== undefined)
      await retrainSome(sweep, verified.finished, { ...argv, retrain, seed: seed ?? 0 });
  },
};

function verifyAll({ tasks }: Sweep, out: string): Verified {
  const finished: Task[] = [];
  const corrupt: Problem[] = [];
  const unidentified: Problem[] = [];
  const bar = countTasks(tasks.length);
  for (const task of tasks) {
    const folder = taskFolder(out, task);
    const state = verifyTask(folder, task.id);
    if (state.state === 'done') {
      finished.push(task);
      const problem = recordProblem(folder, task);
      if (problem !== null) unidentified.push({ task, problem });
    }
    if (state.state === 'corrupt') corrupt.push({ task, problem: state.problem });
    bar.increment();
  }
  bar.stop();
  return { finished, corrupt, unidentified };
}

/** Writes `task.json` of tasks whose results are intact: it follows from the sweep. Holds the store's lock meanwhile. */
async function repairRecords(out: string, problems: readonly Problem[]): Promise<void> {
  const lock = await acquireStoreLock(out, { onWait: (line) => process.stderr.write(`${line}\n`) });
  try {
    for (const { task } of problems) {
      const folder = taskFolder(out, task);
      // A run may have changed the task while this process waited.
      if (verifyTask(folder, task.id).state === 'done') prepareTaskFolder(folder, task);
    }
  } finally {
    await lock.release();
  }
}

function verifiedText(
  { finished, corrupt, unidentified }: Verified,
  { tasks }: Sweep,
  typed: string,
  isRepaired: boolean,
): string {
  const records = isRepaired
    ? section('Repaired', unidentified, '')
    : section(
        'Damaged task.json',
        unidentified,
        `  To write them again, run \`vae-sweep verify ${typed} --repair\`.\n`,
      );
  const results = section(
    'Corrupt',
    corrupt,
    `  To fix them, run \`vae-sweep run ${typed} --retrain-corrupt\`: it sets their folders aside and executes the tasks again.\n`,
  );
  return `${verifiedLine(finished.length, tasks.length)}${records}${results}`;
}

function section(title: string, problems: readonly Problem[], remedy: string): string {
  if (problems.length === 0) return '';
  const lines = problems.map(({ task, problem }) => `  ${task.name}: ${problem}\n`);
  return `${title} (${formatCount(problems.length)}):\n${lines.join('')}${remedy}`;
}

/** For example `21 of 21 tasks verified: all checksums match.` */
function verifiedLine(finished: number, tasks: number): string {
  return `${formatCount(finished)} of ${formatCount(tasks)} tasks verified: all checksums match.\n`;
}

async function retrainSome(
  sweep: Sweep,
  finished: readonly Task[],
  argv: VerifyArguments & { readonly retrain: number; readonly seed: number },
): Promise<void> {
  if (finished.length === 0)
    throw new InputError(`--retrain: no task of ${sweep.file} is done and intact yet`);
  const { sampleTasks, retrain } = await import('../run/retrain.js');
  const stop = new AbortController();
  const removeHandlers = onStopRequest((reason) => {
    stop.abort(reason);
  });
  const comparisons = await retrain(sweep, sampleTasks(finished, argv.retrain, argv.seed), {
    ...defaultRunOptions(),
    outDir: argv.out,
    workers: argv.workers,
    retries: 0,
    signal: stop.signal,
    output: runOutput(process.stderr),
  }).finally(removeHandlers);
  if (comparisons !== null) process.stdout.write(comparisonText(comparisons, argv.seed));
  if (comparisons === null) process.exitCode = EXIT.interrupted;
  else if (comparisons.some((comparison) => !isSame(comparison))) process.exitCode = EXIT.failure;
}

export function comparisonText(comparisons: readonly Comparison[], seed: number): string {
  const lines = comparisons.map((comparison) => `  ${comparison.task.name}: ${outcomeText(comparison)}\n`);
  const differing = comparisons.filter(({ differing }) => differing.length > 0);
  const mayRound = differing.some(({ task }) => experimentOf(task.settings).dependsOnCpu);
  return [
    `Executed ${formatCount(comparisons.length)} ${comparisons.length === 1 ? 'task' : 'tasks'} again (seed ${seed}):\n${lines.join('')}`,
    differing.length === 0
      ? ''
      : '  The store is unchanged. To replace these results, run `vae-sweep rm NAME --yes`, then run the sweep again.\n',
    mayRound ? '  Another kind of CPU may round differently; run.json names the CPU.\n' : '',
  ].join('');
}

function outcomeText({ differing, problem }: Comparison): string {
  if (problem !== null) return `can't be compared: ${problem}`;
  return differing.length === 0 ? 'identical' : `differs in ${differing.join(', ')}`;
}

function isSame({ differing, problem }: Comparison): boolean {
  return differing.length === 0 && problem === null;
}

function wholeNumber(option: string, value: number, min: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new InputError(`${option}: expected a whole number from ${min}${received(value)}`);
}
