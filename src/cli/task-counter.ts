import { Presets, SingleBar } from 'cli-progress';
import { formatCount, formatDuration } from '../units.js';

/** Counts the tasks that a command has processed. */
export interface TaskCounter {
  increment(): void;
  /** Removes the bar from the terminal. */
  stop(): void;
}

const LINE_EVERY_MS = 10_000;

/** On standard error: a bar on a terminal, elsewhere a line every ten seconds. */
export function countTasks(total: number): TaskCounter {
  return process.stderr.isTTY ? startBar(total) : startLines(total);
}

function startBar(total: number): TaskCounter {
  const bar = new SingleBar(
    { format: '{bar} {value} of {total} tasks{left}', clearOnComplete: true, gracefulExit: false },
    Presets.rect,
  );
  const left = timeLeft(total);
  let done = 0;
  bar.start(total, 0, { left: '' });
  return {
    increment: () => {
      done += 1;
      bar.update(done, { left: left(done) });
    },
    stop: () => {
      bar.stop();
    },
  };
}

/** No timer: the command may have no time for one between its tasks. */
function startLines(total: number): TaskCounter {
  const left = timeLeft(total);
  let done = 0;
  let lineMs = performance.now();
  return {
    increment: () => {
      done += 1;
      if (performance.now() - lineMs < LINE_EVERY_MS) return;
      lineMs = performance.now();
      process.stderr.write(`${formatCount(done)} of ${formatCount(total)} tasks${left(done)}\n`);
    },
    stop: () => undefined,
  };
}

/** Returns a function that estimates the time left from the tasks so far, for example `, 3 s left`. */
function timeLeft(total: number): (done: number) => string {
  const startMs = performance.now();
  return (done) =>
    done === total ? '' : `, ${formatDuration(((performance.now() - startMs) / done) * (total - done))} left`;
}
