import type { SingleBar } from 'cli-progress';
import { MultiBar, Presets } from 'cli-progress';
import { stepsOf } from '../task/cost.js';
import type { RunningTask, Snapshot } from './tally.js';

const BAR_WIDTH = 24;
/** Left free on the terminal for the total and the command that was typed. */
const OTHER_ROWS = 2;
const DEFAULT_ROWS = 24;

/** The total on top, and below it a line a worker, as many as the terminal has room for. */
export class BarView {
  readonly #bars: MultiBar;
  readonly #total: SingleBar;
  readonly #workers: SingleBar[] = [];
  readonly #rows: number;

  constructor(stream: NodeJS.WritableStream & { readonly rows?: number }) {
    this.#bars = new MultiBar(
      {
        stream,
        format: '{bar} {text}',
        barsize: BAR_WIDTH,
        clearOnComplete: true,
        // Signals are the coordinator's.
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

  draw(snapshot: Snapshot, text: string): void {
    const { tasks, workers } = snapshot;
    const parts = workers.map((running) =>
      running === null ? 0 : running.step / stepsOf(running.task.settings),
    );
    const tasksDone = parts.reduce((sum, part) => sum + part, snapshot.tasksDone);
    update(this.#total, tasksDone, tasks, text);
    // Machines may join while a sweep runs.
    while (this.#workers.length < Math.min(workers.length, this.#rows))
      this.#workers.push(this.#bars.create(1, 0, { text: '' }));
    this.#workers.forEach((bar, slot) => {
      drawWorker(bar, workers[slot] ?? null);
    });
  }

  event(line: string): void {
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
    `${step.toLocaleString('en-US')} of ${steps.toLocaleString('en-US')} steps  ${task.name}${worker === undefined ? '' : ` on ${worker}`}`,
  );
}

function update(bar: SingleBar, value: number, total: number, text: string): void {
  bar.setTotal(total);
  bar.update(value, { text });
}
