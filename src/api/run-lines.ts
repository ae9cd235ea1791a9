import type { Output } from '../run/output.js';
import type { Settlement } from '../run/settle.js';
import { MaxTimePassed, StopRequested } from '../run/stop.js';
import type { Snapshot } from '../run/tally.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';

const PROGRESS_EVERY_MS = 10_000;
/** Maximum number of workers that a line names; the others are counted. */
const MAX_NAMED_WORKERS = 8;
/** What a graceful stop does with running tasks, and the word for such a task in its line. */
const STOPS = {
  run: { work: 'each task writes a checkpoint if it can', word: 'interrupted' },
  worker: {
    work: 'each task writes a checkpoint if it can, and returns to the queue',
    word: 'returned to the queue',
  },
} as const;

/**
 * Returns an output that prints one line per event, and one line of progress every ten seconds.
 * @param who whether a run or a worker of a queue prints, for the lines about a stop
 */
export function lineOutput(print: (line: string) => void, who: keyof typeof STOPS = 'run'): Output {
  const { work, word } = STOPS[who];
  return {
    line: print,
    settled: (task, settlement) => {
      settlementLines(task, settlement, word).forEach(print);
    },
    stopping: (reason) => {
      print(
        reason instanceof MaxTimePassed || reason instanceof StopRequested
          ? `stopping: ${reason.message}; ${work}`
          : `stopping: ${work}; press Ctrl-C again to stop at once`,
      );
    },
    showProgress: (snapshot) => {
      const timer = setInterval(() => {
        const now = snapshot();
        print(`${progressText(now)}${workersText(now)}`);
      }, PROGRESS_EVERY_MS);
      return () => {
        clearInterval(timer);
      };
    },
  };
}

/** Returns, for example, `12 of 21 tasks, 51,200 steps/s, about 1 min 12 s left`. */
export function progressText({ tasksDone, tasks, stepsPerSecond, etaMs }: Snapshot): string {
  const speed = stepsPerSecond === null ? '' : `, ${formatCount(Math.round(stepsPerSecond))} steps/s`;
  const eta = etaMs === null ? '' : `, about ${formatDuration(etaMs)} left`;
  return `${formatCount(tasksDone)} of ${formatCount(tasks)} tasks${speed}${eta}`;
}

/** Returns, for example, `; host-12: 2 tasks, other-7: 1 task`; empty if only this machine executes tasks. */
export function workersText({ workers }: Snapshot): string {
  const counts = new Map<string, number>();
  for (const running of workers)
    if (running?.worker !== undefined) counts.set(running.worker, (counts.get(running.worker) ?? 0) + 1);
  if (counts.size === 0) return '';
  const parts = [...counts]
    .slice(0, MAX_NAMED_WORKERS)
    .map(([name, tasks]) => `${name}: ${formatCount(tasks)} ${tasks === 1 ? 'task' : 'tasks'}`);
  const others = counts.size - MAX_NAMED_WORKERS;
  return `; ${parts.join(', ')}${others > 0 ? `, and ${formatCount(others)} more` : ''}`;
}

/** Returns the lines about a settled task. @param released the word for a task that a stop released */
export function settlementLines(
  task: Task,
  settlement: Settlement,
  released: string = STOPS.run.word,
): string[] {
  const line = settlementLine(task, settlement, released);
  if (!('recovered' in settlement) || settlement.recovered === null) return line;
  return [`recovered: ${task.name}: ${settlement.recovered}`, ...line];
}

function settlementLine({ name, settings }: Task, settlement: Settlement, released: string): string[] {
  switch (settlement.type) {
    case 'done':
      return [`done: ${name}${settlement.text === '' ? '' : `, ${settlement.text}`}`];
    case 'released': {
      const { step, problem } = settlement;
      const where =
        step === null
          ? ', will start from the beginning'
          : ` at ${experimentOf(settings).unit} ${formatCount(step)}`;
      return problem === null ? [`${released}: ${name}${where}`] : [];
    }
    case 'retry': {
      const what = settlement.blame === 1 ? 'failed' : 'interrupted';
      return [`${what}, retrying: ${name}: ${settlement.failure.message}`];
    }
    case 'failed':
      return [`failed: ${name}: ${settlement.failure.message}`];
    case 'reset':
      return [`corrupt: ${name}: ${settlement.problem}; set aside as ${settlement.aside}`];
    case 'corrupt':
      return [`corrupt: ${name}: ${settlement.problem}`];
  }
}
