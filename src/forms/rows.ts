import { join } from 'node:path';
import { cpuFeatures } from '../compiler/native/cpu.js';
import { EMPTY_STREAM } from '../logs/batch-stream.js';
import { RowLog } from '../logs/row-log.js';
import { logSchema } from '../logs/schemas.js';
import {
  openNewestCheckpoint,
  restorePreviousCheckpoint,
  writeCheckpoint,
  type StepLogState,
} from '../store/checkpoint.js';
import { fsyncFolder } from '../store/files.js';
import { commitResults, markerOf, removeUnfinished, TASK_FILES, type Marker } from '../store/task-folder.js';
import type { LogColumn } from '../task/column.js';
import { stepsOf } from '../task/cost.js';
import type { TaskOutcome } from '../task/outcome.js';
import type { Clock, TrainRequest, WorkerModule } from '../task/protocol.js';
import { experimentOf } from '../task/registry.js';
import type { Settings, Task } from '../task/task.js';
import { formatCount } from '../units.js';
import { failedOutcome } from './failed-outcome.js';
import { decodeState, encodeState } from './saved-state.js';
import { recordAttempt } from './attempt-record.js';

/** The outcome of a computation whose only result is its rows. */
export const DONE = 'done';
const MAX_SAVED_CHARACTERS = 1 << 24;

/** How an experiment computes rows. The rows and the verdict are functions of the settings alone. */
export interface RowsDefinition<Own extends Settings> {
  /** Returns the columns of `rows.arrow`; all are float64. */
  columns(settings: Own): readonly LogColumn[];
  /**
   * Yields the rows and returns the verdict, or null if it stopped by itself because `context.isStopRequested()` returned true.
   * Unless the experiment keeps its own state, the generator can also be closed at a yield: right after `context.save`, or at any
   * yield of a task that is not resumable.
   */
  run(settings: Own, context: RowsContext): Rows | AsyncRows;
  /** Whether the experiment saves a task's state and rows by itself. It then yields all rows again when it resumes. */
  readonly keepsOwnState?: boolean;
}

export interface RowsContext {
  /** Absolute path of the task's folder. */
  readonly folder: string;
  /** Number of rows that earlier attempts logged. */
  readonly rowsBefore: number;
  /** The last saved state, which belongs to the first `rowsBefore` rows. Null at the start. */
  readonly saved: unknown;
  /** Offers a state to resume from after the rows yielded so far. It is written only when a checkpoint is due. */
  readonly save: (state: unknown) => void;
  /** Declares that the rows yielded so far repeat rows of earlier attempts. */
  readonly markReplayed: () => void;
  readonly isStopRequested: () => boolean;
}

type Row = Readonly<Record<string, number>>;
type Rows = Generator<Row, Verdict | null, undefined>;
type AsyncRows = AsyncGenerator<Row, Verdict | null, undefined>;

/** The result of a computation. It is stored as JSON, which has no NaN: a number that is not defined becomes null. */
export interface Verdict {
  /** The computation's own name for how it ended. */
  readonly outcome: string;
  /** Whether the computation covered its whole range, so that `holds` applies to all of it. */
  readonly complete: boolean;
  /** Whether the computed rows agree with what was expected. */
  readonly holds: boolean;
}

/**
 * Returns the worker of an experiment that computes rows. It computes a task until the task is done or a stop is requested, and
 * receives only tasks of that experiment.
 */
export function rowsWorker<Own extends Settings>(definition: RowsDefinition<Own>): WorkerModule {
  return {
    run: async (request, clock) => {
      try {
        const attempt = new Attempt({ ...request, task: request.task as Task<Own> }, definition, clock);
        try {
          return await attempt.run();
        } finally {
          attempt.close();
        }
      } catch (error) {
        return failedOutcome(error);
      }
    },
  };
}

/** Where an attempt starts. `log` is open and holds the rows before that point. */
interface Start {
  readonly log: RowLog;
  readonly saved: unknown;
  /** What was corrupt and where the attempt resumes instead; null if nothing was corrupt. */
  readonly recovered: string | null;
}

class Attempt<Own extends Settings> {
  readonly #request: TrainRequest<Task<Own>>;
  readonly #definition: RowsDefinition<Own>;
  readonly #clock: Clock;
  readonly #cells: Int32Array;
  readonly #isResumable: boolean;
  readonly #log: RowLog;
  readonly #saved: unknown;
  readonly #recovered: string | null;
  #fromStep: number;
  readonly #start: { readonly ms: number; readonly date: Date };
  #checkpointMs: number;
  /** Number of rows in the last checkpoint that this attempt wrote. */
  #savedRows: number | null = null;
  #isFirstSave = true;

  constructor(request: TrainRequest<Task<Own>>, definition: RowsDefinition<Own>, clock: Clock) {
    const { settings } = request.task;
    this.#request = request;
    this.#definition = definition;
    this.#clock = clock;
    this.#cells = new Int32Array(request.shared);
    this.#isResumable = experimentOf(settings).isResumable;
    this.#start = { ms: clock.now(), date: clock.date() };
    this.#checkpointMs = this.#start.ms;
    const resumes = this.#isResumable && definition.keepsOwnState !== true;
    const { log, saved, recovered } = openStart(request, definition.columns(settings), resumes);
    this.#log = log;
    this.#saved = saved;
    this.#fromStep = log.rows;
    this.#recovered = recovered;
  }

  async run(): Promise<TaskOutcome> {
    const { folder, task } = this.#request;
    const verdict = await this.#logRows();
    if (verdict === null) {
      if (this.#savedRows !== null) this.#recordAttempt();
      return { type: 'stopped', step: this.#savedRows, ...this.#resumed() };
    }
    const results = {
      [TASK_FILES.rows]: this.#log.finish(),
      [TASK_FILES.verdict]: Buffer.from(`${JSON.stringify(verdict, null, 2)}\n`),
    };
    const marker = markerOf(task.id, results);
    commitResults(folder, task.id, results, marker);
    this.#recordAttempt(marker);
    removeUnfinished(folder);
    const steps = stepsOf(task.settings);
    const elapsedMs = this.#clock.now() - this.#start.ms;
    const summary = summaryOf(verdict, this.#log.rows);
    return { type: 'done', ...this.#resumed(), steps, elapsedMs, summary };
  }

  #resumed() {
    return { fromStep: this.#fromStep, recovered: this.#recovered };
  }

  close(): void {
    this.#log.close();
  }

  /** Logs the rows and reports their number to the coordinator. @returns null if a stop was requested */
  async #logRows(): Promise<Verdict | null> {
    const { folder, task, slot } = this.#request;
    const rows = this.#definition.run(task.settings, {
      folder,
      rowsBefore: this.#log.rows,
      saved: this.#saved,
      save: (state) => {
        this.#save(state);
      },
      markReplayed: () => {
        this.#fromStep = this.#log.rows;
      },
      isStopRequested: () => this.#isStopRequested(),
    });
    try {
      for (;;) {
        const next = await rows.next();
        if (next.done) {
          // A computation can end before its maximum number of rows. The progress bar still has to reach the end.
          if (next.value !== null) Atomics.store(this.#cells, 1 + slot, stepsOf(task.settings));
          return next.value;
        }
        if (this.#mayStop() && this.#savedRows === this.#log.rows) return null;
        this.#log.append(next.value);
        Atomics.store(this.#cells, 1 + slot, this.#log.rows);
        if (this.#mayStop() && !this.#isResumable) return null;
      }
    } finally {
      // Run the generator's `finally` blocks if the attempt stops or fails.
      await rows.return(undefined as never);
    }
  }

  /** Whether a stop is requested and the generator can be closed at a yield. */
  #mayStop(): boolean {
    return this.#definition.keepsOwnState !== true && this.#isStopRequested();
  }

  #isStopRequested(): boolean {
    return Atomics.load(this.#cells, 0) === 1;
  }

  #save(state: unknown): void {
    if (!this.#isResumable)
      throw new Error(
        'The experiment called save(), but it is not declared as resumable. Set `resumable: true`, or remove the call.',
      );
    const { checkpointEveryMs, folder, task } = this.#request;
    if (this.#definition.keepsOwnState === true && this.#savedRows === this.#log.rows) return;
    const isDue = this.#isStopRequested() || this.#clock.now() - this.#checkpointMs >= checkpointEveryMs;
    if (!isDue && !this.#isFirstSave) return;
    const saved = encodeState(state);
    if (saved.length > MAX_SAVED_CHARACTERS)
      throw new Error(
        `The saved state is too large: ${formatCount(saved.length)} characters as JSON, the limit is ${formatCount(MAX_SAVED_CHARACTERS)}.`,
      );
    this.#isFirstSave = false;
    if (!isDue) return;
    const stepLog = this.#log.sync();
    // Without this a power failure could keep the checkpoint but lose the older directory entry of the log.
    if (this.#savedRows === null) fsyncFolder(folder);
    const step = this.#log.rows;
    const logs = { stepLog, evaluationLog: EMPTY_STREAM };
    writeCheckpoint(folder, task.id, { step, cpu: cpuFeatures(), state: new Map(), saved, ...logs });
    this.#savedRows = step;
    this.#checkpointMs = this.#clock.now();
  }

  #recordAttempt(marker?: Marker): void {
    recordAttempt(join(this.#request.folder, TASK_FILES.run), {
      start: this.#start.date,
      end: this.#clock.date(),
      fromStep: this.#fromStep,
      toStep: this.#log.rows,
      elapsedMs: this.#clock.now() - this.#start.ms,
      ...(marker && { marker }),
    });
  }
}

function openStart(
  { folder, task }: Pick<TrainRequest, 'folder' | 'task'>,
  columns: readonly LogColumn[],
  resumes: boolean,
): Start {
  const open = (rows?: number, state?: StepLogState) =>
    new RowLog(join(folder, TASK_FILES.rowsStream), logSchema(task, columns), rows, state);
  const found = resumes
    ? openNewestCheckpoint(folder, task.id, ({ step, stepLog, saved }) => ({
        log: open(step, stepLog),
        saved: saved === undefined ? null : decodeState(saved),
      }))
    : null;
  if (found === null) return { log: open(), saved: null, recovered: null };
  const { value, problem } = found;
  if (problem === null) return { ...value, recovered: null };
  restorePreviousCheckpoint(folder);
  const recovered = `${problem}; resumed from the previous checkpoint at row ${formatCount(value.log.rows)}`;
  return { ...value, recovered };
}

/** Returns a short text for people, for example `step-limit, incomplete`, or `20 rows` if the outcome is `done`. */
function summaryOf({ outcome, complete, holds }: Verdict, rows: number): string {
  const result = outcome === DONE ? `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}` : outcome;
  return [result, ...(complete ? [] : ['incomplete']), ...(holds ? [] : ['does not hold'])].join(', ');
}
