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

function showBars(stream: Output, snapshot: () => Snapshot): Progress {
  const view = new BarView(stream, snapshot().workers.length);
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
    event(progressText(snapshot()));
  }, HEARTBEAT_MS);
  return {
    event,
    close: () => {
      clearInterval(timer);
    },
  };
}
