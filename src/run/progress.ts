import { formatCount, formatDuration } from '../units.js';
import { BarView } from './bar-view.js';
import type { Snapshot } from './tally.js';

/** Standard error, or what stands in for it. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly rows?: number };

/** How a sweep's course is shown. Results go to standard output; this does not. */
export interface Progress {
  /** One line about something that happened. */
  readonly event: (line: string) => void;
  /** Takes what was drawn off the terminal. */
  readonly close: () => void;
}

const REDRAW_MS = 250;
const HEARTBEAT_MS = 10_000;
/** Named in a line. */
const MOST_WORKERS = 8;

/** Bars on a terminal; elsewhere plain lines, an event each and one every ten seconds. */
export function showProgress(stream: Output, snapshot: () => Snapshot): Progress {
  return stream.isTTY === true ? showBars(stream, snapshot) : showLines(stream, snapshot);
}

/** As `12 of 21 tasks, 51,200 steps/s, about 1 min 12 s left`. */
export function progressText({ tasksDone, tasks, stepsPerSecond, etaMs }: Snapshot): string {
  const speed = stepsPerSecond === null ? '' : `, ${formatCount(Math.round(stepsPerSecond))} steps/s`;
  const eta = etaMs === null ? '' : `, about ${formatDuration(etaMs)} left`;
  return `${formatCount(tasksDone)} of ${formatCount(tasks)} tasks${speed}${eta}`;
}

/** As `; host-12: 2 tasks, other-7: 1 task`; empty where this machine trains alone. */
export function workersText({ workers }: Snapshot): string {
  const counts = new Map<string, number>();
  for (const running of workers)
    if (running?.worker !== undefined) counts.set(running.worker, (counts.get(running.worker) ?? 0) + 1);
  if (counts.size === 0) return '';
  const parts = [...counts]
    .slice(0, MOST_WORKERS)
    .map(([name, tasks]) => `${name}: ${formatCount(tasks)} ${tasks === 1 ? 'task' : 'tasks'}`);
  const others = counts.size > MOST_WORKERS ? `, and ${formatCount(counts.size - MOST_WORKERS)} more` : '';
  return `; ${parts.join(', ')}${others}`;
}

/** What to do about results that the workers of a queue have in stores of their own. */
export function elsewhereText(results: number): string {
  const count = `${formatCount(results)} ${results === 1 ? 'result is' : 'results are'}`;
  return `${count} not in this store but in those of the workers: vae-sweep merge brings them together`;
}

function showBars(stream: Output, snapshot: () => Snapshot): Progress {
  const view = new BarView(stream);
  const draw = (): void => {
    const now = snapshot();
    view.draw(now, progressText(now));
  };
  draw();
  const timer = setInterval(draw, REDRAW_MS);
  const close = (): void => {
    clearInterval(timer);
    process.off('exit', close);
    view.close();
  };
  // A second Ctrl-C must leave the terminal as it was.
  process.on('exit', close);
  return {
    event: (line) => {
      view.event(line);
    },
    close,
  };
}

function showLines(stream: Output, snapshot: () => Snapshot): Progress {
  const event = (line: string): void => {
    stream.write(`${line}\n`);
  };
  const timer = setInterval(() => {
    const now = snapshot();
    event(`${progressText(now)}${workersText(now)}`);
  }, HEARTBEAT_MS);
  return {
    event,
    close: () => {
      clearInterval(timer);
    },
  };
}
