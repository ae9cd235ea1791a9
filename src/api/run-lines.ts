import type { Output } from '../run/output.js';
import type { Settlement } from '../run/settle.js';
import { MaxTimePassed } from '../run/stop.js';
import type { Snapshot } from '../run/tally.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';

const HEARTBEAT_MS = 10_000;
/** More than these are counted, not named. */
const MAX_NAMED_WORKERS = 8;
/** What a graceful stop does with running tasks, and the word for such a task afterwards. */
const STOPS = {
  run: { work: 'each task writes a checkpoint if it can', word: 'stopped' },
  worker: {
    work: 'each task writes a checkpoint if it can, and is given back',
    word: 'given back',
  },
} as const;

/** Prints a line per event, and one line of progress every ten seconds. @param who stops: a run, or a worker of a queue */
export function lineOutput(print: (line: string) => void, who: keyof typeof STOPS = 'run'): Output {
  const { work, word } = STOPS[who];
  return {
    line: print,
    settled: (task, settlement) => {
      settlementLines(task, settlement, word).forEach(print);
    },
    stopping: (reason) => {
      print(
        reason instanceof MaxTimePassed
          ? `stopping: ${reason.message}; ${work}`
          : `stopping: ${work}; again to stop at once`,
      );
    },
    showProgress: (snapshot) => {
      const timer = setInterval(() => {
        const now = snapshot();
        print(`${progressText(now)}${workersText(now)}`);
      }, HEARTBEAT_MS);
      return () => {
        clearInterval(timer);
      };
    },
  };
}

/** For example `12 of 21 tasks, 51,200 steps/s, about 1 min 12 s left`. */
export function progressText({ tasksDone, tasks, stepsPerSecond, etaMs }: Snapshot): string {
  const speed = stepsPerSecond === null ? '' : `, ${formatCount(Math.round(stepsPerSecond))} steps/s`;
  const eta = etaMs === null ? '' : `, about ${formatDuration(etaMs)} left`;
  return `${formatCount(tasksDone)} of ${formatCount(tasks)} tasks${speed}${eta}`;
}

/** For example `; host-12: 2 tasks, other-7: 1 task`; empty where this machine alone executes the tasks. */
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

/** @param released the word for a task that is released */
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
        step === null ? ', to start again' : ` at ${experimentOf(settings).unit} ${formatCount(step)}`;
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
