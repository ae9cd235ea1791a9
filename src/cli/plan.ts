import type { CommandModule } from 'yargs';
import { checkDiskSpace } from '../store/disk-space.js';
import type { Plan } from './make-plan.js';
import { makePlan } from './make-plan.js';
import type { ShardArguments } from './options.js';
import { defaultWorkers, loadSweepOf, withShardOption, withSweepOptions, workersOption } from './options.js';
import { planText } from './plan-text.js';

interface PlanArguments extends ShardArguments {
  readonly workers: number;
  readonly all: boolean;
  readonly json: boolean;
}

/** Where the output is not a terminal. */
const ASSUMED_ROWS = 50;

export const planCommand: CommandModule<object, PlanArguments> = {
  command: 'plan <file>',
  describe: 'Show what a run would do: tasks, states, time and disk',
  builder: (yargs) =>
    withShardOption(withSweepOptions(yargs))
      .option('workers', { ...workersOption, default: defaultWorkers() })
      .option('all', {
        type: 'boolean',
        default: false,
        describe: 'Show all cells, even if they do not fit on the screen',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print all tasks as JSON' })
      .example('$0 plan sweeps/paper.yaml', 'tasks, time and disk space of a sweep')
      .example('$0 plan sweeps/paper.yaml --shard 3/8', 'the part of one of eight machines'),
  handler: async (argv) => {
    const plan = makePlan(await loadSweepOf(argv), argv.out, argv.workers);
    process.stdout.write(argv.json ? planJson(plan) : planText(plan, argv.all ? Infinity : screenHeight()));
    checkDiskSpace(plan.out, plan.remaining.bytes, plan.sweep.tasks);
  },
};

/** Lines of the terminal, without that of the next prompt. */
function screenHeight(): number {
  return (process.stdout.rows || ASSUMED_ROWS) - 1;
}

function planJson({
  sweep,
  out,
  workers,
  tasks,
  remaining,
  learnedTimes,
  searches,
  freeBytes: free,
}: Plan): string {
  const items = [...tasks.values()].map(
    ({ task, state, cost: { microsecondsPerStep, trainingMs, bytes } }) => ({
      id: task.id,
      name: task.name,
      state,
      settings: task.settings,
      microsecondsPerStep,
      trainingMs,
      bytes,
    }),
  );
  const { name, title, file, shard, skipped } = sweep;
  return `${JSON.stringify({ name, title, file, shard, skipped, out, workers, remaining, learnedTimes, ...(searches.length > 0 && { searches }), freeBytes: free, tasks: items }, null, 1)}\n`;
}
