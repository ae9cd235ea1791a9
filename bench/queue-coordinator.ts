import { pino } from 'pino';
import '../src/experiments/index.js';
import { lineOutput } from '../src/api/run-lines.js';
import { executeQueued } from '../src/remote/queue/execute-queued.js';
import { parseQueueUrl } from '../src/remote/queue/address.js';
import { estimateCost } from '../src/task/cost.js';
import type { CoordinatorFigures } from './measure-queue.js';
import { taskOf } from './shapes.js';

/**
 * A coordinator of tasks that train nothing. The arguments are the URL of Redis, the number of tasks, and an empty folder. It prints its
 * measurements as JSON.
 */
const [url = '', count = '1', outDir = ''] = process.argv.slice(2);
const tasks = Number(count);
const pending = Array.from({ length: tasks }, (_, replicate) => {
  const task = taskOf('linear', 1, replicate);
  return { task, fromStep: 0, predecessor: null, failures: 0, cost: estimateCost(task.settings) };
});
const endsMs: number[] = [];
let putAgain = 0;
const output = lineOutput((line) => {
  if (line.startsWith('done: ')) endsMs.push(performance.now());
  putAgain += Number(/^the queue lost ([\d,]+) /.exec(line)?.[1]?.replaceAll(',', '') ?? 0);
});
await executeQueued(
  { tasks, done: 0, pending },
  {
    address: parseQueueUrl(url),
    outDir,
    retries: 1,
    retrainCorrupt: false,
    signal: new AbortController().signal,
    logger: pino({ level: 'silent' }),
    output,
  },
);
const tenth = Math.max(1, Math.floor(tasks / 10));
const perTask = (from: number, to: number) =>
  ((endsMs[to] ?? NaN) - (endsMs[from] ?? NaN)) / Math.max(1, to - from);
const last = endsMs.length - 1;
const figures: CoordinatorFigures = {
  taskMs: perTask(0, last),
  firstTenthMs: perTask(0, Math.min(tenth, last)),
  lastTenthMs: perTask(Math.max(0, last - tenth), last),
  peakBytes: process.resourceUsage().maxRSS * 1024,
  putAgain,
};
process.stdout.write(JSON.stringify(figures));
