import type { SingleBar } from 'cli-progress';
import { MultiBar, Presets } from 'cli-progress';
import { lineOutput, progressText } from '../api/run-lines.js';
import type { Output } from '../run/output.js';
import { stepsOf } from '../task/cost.js';
import { experimentOf } from '../task/registry.js';
import type { RunningTask, Snapshot } from '../run/tally.js';

/** Standard error, or what stands in for it. */
type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly rows?: number };

const REDRAW_MS = 250;
const BAR_WIDTH = 24;
/** Left free on the terminal for the total and the command that was typed. */
const OTHER_ROWS = 2;
const DEFAULT_ROWS = 24;
const MAX_DONE_LINES = 30;

/** Shows progress as bars on a terminal, and elsewhere as lines. */
export function runOutput(stream: Stream): Output {
  let bars: Bars | null = null;
  const lines = lineOutput((line) => {
    if (bars === null) stream.write(`${line}\n`);
    else bars.print(line);
  });
  const showBars: Output['showProgress'] = (snapshot) => {
    const drawn = (bars = new Bars(stream));
    const draw = (): void => {
      drawn.draw(snapshot());
    };
    draw();
    const timer = setInterval(draw, REDRAW_MS);
    const close = (): void => {
      clearInterval(timer);
      process.off('exit', close);
      drawn.close();
      bars = null;
    };
    // A second Ctrl-C must leave the terminal as it was.
    process.on('exit', close);
    return close;
  };
  return stream.isTTY === true ? { ...lines, showProgress: showBars } : withFewDoneLines(lines);
}

/** Names the first tasks that are done and leaves the others to the lines of progress, so that a log of many tasks stays short. */
function withFewDoneLines(output: Output): Output {
  let named = 0;
  return {
    ...output,
    settled: (task, settlement) => {
      if (settlement.type === 'done') named += 1;
      if (settlement.type !== 'done' || named <= MAX_DONE_LINES) output.settled(task, settlement);
      if (settlement.type === 'done' && named === MAX_DONE_LINES)
        output.line('Tasks that are done from now on are only counted; log.jsonl names them.');
    },
  };
}

/** The total on top, and below it a bar per worker, as many as the terminal has room for. */
class Bars {
  readonly #bars: MultiBar;
  readonly #total: SingleBar;
  readonly #workers: SingleBar[] = [];
  readonly #rows: number;

  constructor(stream: Stream) {
    this.#bars = new MultiBar(
      {
        stream,
        format: '{bar} {text}',
        barsize: BAR_WIDTH,
        clearOnComplete: true,
        // The command handles signals.
        gracefulExit: false,
        emptyOnZero: true,
      },
      Presets.rect,
    );
    this.#total = this.#bars.create(1, 0, { text: '' });
    // Some pseudo-terminals say 0.
    const terminalRows = stream.rows ?? 0;
    this.#rows = Math.max(1, (terminalRows > 0 ? terminalRows : DEFAULT_ROWS) - OTHER_ROWS);
  }

  draw(snapshot: Snapshot): void {
    const { tasks, workers } = snapshot;
    const parts = workers.map((running) =>
      running === null ? 0 : running.step / Math.max(1, stepsOf(running.task.settings)),
    );
    const tasksDone = parts.reduce((sum, part) => sum + part, snapshot.tasksDone);
    update(this.#total, tasksDone, tasks, progressText(snapshot));
    // Machines may join while a sweep runs.
    while (this.#workers.length < Math.min(workers.length, this.#rows))
      this.#workers.push(this.#bars.create(1, 0, { text: '' }));
    this.#workers.forEach((bar, slot) => {
      drawWorker(bar, workers[slot] ?? null);
    });
  }

  print(line: string): void {
    this.#bars.log(`${line}\n`);
    this.#bars.update();
  }

  close(): void {
    this.#bars.stop();
  }
}

function drawWorker(bar: SingleBar, running: RunningTask | null): void {
  if (running === null) {
    update(bar, 0, 1, 'idle');
    return;
  }
  const { task, step, worker } = running;
  const steps = stepsOf(task.settings);
  update(
    bar,
    step,
    steps,
    `${step.toLocaleString('en-US')} of ${steps.toLocaleString('en-US')} ${experimentOf(task.settings).unit}s  ${task.name}${worker === undefined ? '' : ` on ${worker}`}`,
  );
}

function update(bar: SingleBar, value: number, total: number, text: string): void {
  bar.setTotal(total);
  bar.update(value, { text });
}
