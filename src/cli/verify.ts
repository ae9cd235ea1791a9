import type { CommandModule } from 'yargs';
import type { Comparison } from '../run/retrain.js';
import { runOutput } from './run-output.js';
import { onStopRequest } from './stop-request.js';
import { EXIT, InputError } from '../errors.js';
import { inspectTask, type Damage } from '../store/damage.js';
import type { Sweep } from '../sweep/load.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatCount } from '../units.js';
import { defaultRunOptions } from '../run/defaults.js';
import {
  defaultWorkers,
  loadSweepOf,
  received,
  sweepText,
  withShardOption,
  withSweepOptions,
  workersOption,
  type ShardArguments,
} from './options.js';
import { damageText, repair as repairAll } from './repair.js';
import { countTasks } from './task-counter.js';

interface VerifyArguments extends ShardArguments {
  readonly workers: number;
  readonly retrain: number | undefined;
  readonly seed: number | undefined;
  readonly repair: boolean;
  readonly yes: boolean;
}

interface Verified {
  readonly finished: readonly Task[];
  readonly damages: readonly Damage[];
}

export const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify <file>',
  describe: 'Check the files of finished tasks against checksums',
  builder: (yargs) =>
    withShardOption(withSweepOptions(yargs))
      .option('workers', { ...workersOption, default: defaultWorkers() })
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
      .option('yes', {
        type: 'boolean',
        default: false,
        describe: 'Let --repair execute tasks without asking',
      })
      .option('repair', {
        type: 'boolean',
        default: false,
        describe:
          'Restore damaged files that follow from others; then ask whether to execute the other tasks again',
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
    const { finished, damages } = verifyAll(sweep, argv.out);
    process.stdout.write(verifiedLine(finished.length, sweep.tasks.length));
    if (repair && damages.length > 0) {
      const left = await repairAll(sweep, damages, argv);
      if (left === null) {
        process.exitCode = EXIT.interrupted;
        return;
      }
      if (left.length > 0) process.exitCode = EXIT.failure;
    } else if (damages.length > 0) {
      process.stdout.write(damagesText(damages, sweepText(argv)));
      process.exitCode = EXIT.failure;
    }
    if (retrain !== undefined) await retrainSome(sweep, finished, { ...argv, retrain, seed: seed ?? 0 });
  },
};

function verifyAll({ tasks }: Sweep, out: string): Verified {
  const finished: Task[] = [];
  const damages: Damage[] = [];
  const bar = countTasks(tasks.length);
  for (const task of tasks) {
    const { state, damage } = inspectTask(out, task);
    if (state.state === 'done') finished.push(task);
    if (damage !== null) damages.push(damage);
    bar.increment();
  }
  bar.stop();
  return { finished, damages };
}

function damagesText(damages: readonly Damage[], typed: string): string {
  const lost = damages.filter(({ remedy }) => remedy === 'execution');
  const repairable = damages.filter(({ remedy }) => remedy !== 'execution');
  const repairs = `  To repair them, run \`vae-sweep verify ${typed} --repair\`.\n`;
  const runs = `  To fix them, run \`vae-sweep run ${typed} --retrain-corrupt\`: it sets their folders aside and executes the tasks again.\n`;
  return [
    ...(repairable.length > 0 ? [damageText('Repairable', repairable), repairs] : []),
    ...(lost.length > 0 ? [damageText('Corrupt', lost), runs] : []),
  ].join('');
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
