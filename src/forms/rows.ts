import { join } from 'node:path';
import { cpuFeatures } from '../compiler/native/cpu.js';
import { EMPTY_STREAM } from '../logs/batch-stream.js';
import { RowLog } from '../logs/row-log.js';
import { logSchema } from '../logs/schemas.js';
import { fromNewest, replaceCorrupt, writeCheckpoint, type StepLogState } from '../store/checkpoint.js';
import { fsyncFolder } from '../store/files.js';
import { commitResults, removeUnfinished, TASK_FILES } from '../store/task-folder.js';
import type { LogColumn } from '../task/column.js';
import { stepsOf } from '../task/cost.js';
import type { TaskOutcome } from '../task/outcome.js';
import type { Clock, TrainRequest, WorkerModule } from '../task/protocol.js';
import { experimentOf } from '../task/registry.js';
import type { Settings, Task } from '../task/task.js';
import { formatCount } from '../units.js';
import { failedOutcome } from './failed-outcome.js';
import { decodeState, encodeState } from './saved-state.js';
import { recordSession } from './session-record.js';

/** The outcome of a computation that has no more to say than its rows. */
export const DONE = 'done';
const MAX_SAVED_CHARACTERS = 1 << 24;

/** How an experiment computes rows. All that comes out is a function of the settings alone. */
export interface RowsDefinition<Own extends Settings> {
  /** The columns of `rows.arrow`, float64. */
  columns(settings: Own): readonly LogColumn[];
  /**
   * Yields the rows, and returns what came of them, or null where it has stopped by itself because `context` asked for it. Unless it
   * keeps its own state, it may be left at a yield: right after `context.save`, or anywhere in a task that is not resumable.
   */
  run(settings: Own, context: RowsContext): Rows | AsyncRows;
  /** Whether it keeps the state and the rows of a task by itself: then it yields all of the rows again when it resumes. */
  readonly keepsOwnState?: boolean;
}

export interface RowsContext {
  /** The task's folder, absolute. */
  readonly folder: string;
  /** The rows that are logged already. */
  readonly rowsBefore: number;
  /** What was saved last, with the rows that were yielded until then. Null at the start. */
  readonly saved: unknown;
  /** Offers a state to resume from after the rows yielded so far. It is written only where that is due. */
  readonly save: (state: unknown) => void;
  /** Declares that the rows yielded so far are those of earlier attempts. */
  readonly markReplayed: () => void;
  readonly isStopRequested: () => boolean;
}

type Row = Readonly<Record<string, number>>;
type Rows = Generator<Row, Verdict | null, undefined>;
type AsyncRows = AsyncGenerator<Row, Verdict | null, undefined>;

/** What came of a computation. All of it is kept as JSON, which has no NaN: null where a number is not defined. */
export interface Verdict {
  /** As the computation names it. */
  readonly outcome: string;
  /** Whether it got as far as it was meant to, so that `holds` speaks of all of it. */
  readonly complete: boolean;
  /** Whether what was computed is as it was expected. */
  readonly holds: boolean;
}

/** The worker of an experiment that computes rows, to its end or a stop request. It is only given tasks of that experiment. */
export function rowsWorker<Own extends Settings>(definition: RowsDefinition<Own>): WorkerModule {
  return {
    run: async (request, clock) => {
      try {
        const attempt = new Attempt({ ...request, task: request.task as Task<Own> }, definition, clock);
        try {
          return await attempt.toEnd();
        } finally {
          attempt.close();
        }
      } catch (error) {
        return failedOutcome(error);
      }
    },
  };
}

/** Where an attempt starts: its log up to there, open, and what the task saved. */
interface Start {
  readonly log: RowLog;
  readonly saved: unknown;
  /** What was corrupt, and what it resumes from instead; null if nothing was. */
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
  /** The rows of the checkpoint that this attempt wrote last. */
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
    const { log, saved, recovered } = startOf(request, definition.columns(settings), resumes);
    this.#log = log;
    this.#saved = saved;
    this.#fromStep = log.rows;
    this.#recovered = recovered;
  }

  async toEnd(): Promise<TaskOutcome> {
    const { folder, task } = this.#request;
    const verdict = await this.#logRows();
    if (verdict === null) {
      if (this.#savedRows !== null) this.#recordSession();
      return { type: 'stopped', step: this.#savedRows, ...this.#resumed() };
    }
    this.#recordSession();
    commitResults(folder, task.id, {
      [TASK_FILES.rows]: this.#log.finish(),
      [TASK_FILES.verdict]: Buffer.from(`${JSON.stringify(verdict, null, 2)}\n`),
    });
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

  /** Logs the rows, and counts them for the coordinator. @returns null if it was asked to stop */
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
          // It may have ended with fewer rows than it could have.
          if (next.value !== null) Atomics.store(this.#cells, 1 + slot, stepsOf(task.settings));
          return next.value;
        }
        if (this.#mayStop() && this.#savedRows === this.#log.rows) return null;
        this.#log.append(next.value);
        Atomics.store(this.#cells, 1 + slot, this.#log.rows);
        if (this.#mayStop() && !this.#isResumable) return null;
      }
    } finally {
      // Where it is stopped or fails, the generator may have something to close.
      await rows.return(undefined as never);
    }
  }

  /** Whether it may be left at a yield. */
  #mayStop(): boolean {
    return this.#definition.keepsOwnState !== true && this.#isStopRequested();
  }

  #isStopRequested(): boolean {
    return Atomics.load(this.#cells, 0) === 1;
  }

  #save(state: unknown): void {
    if (!this.#isResumable)
      throw new Error('A state was saved by an experiment that does not say that it is `resumable`.');
    const { checkpointEveryMs, folder, task } = this.#request;
    if (this.#definition.keepsOwnState === true && this.#savedRows === this.#log.rows) return;
    const isDue = this.#isStopRequested() || this.#clock.now() - this.#checkpointMs >= checkpointEveryMs;
    if (!isDue && !this.#isFirstSave) return;
    const saved = encodeState(state);
    if (saved.length > MAX_SAVED_CHARACTERS)
      throw new Error(
        `What is saved has ${formatCount(saved.length)} characters as JSON, allowed are ${formatCount(MAX_SAVED_CHARACTERS)}.`,
      );
    this.#isFirstSave = false;
    if (!isDue) return;
    // A checkpoint may get to the disk before an entry of the folder that is older.
    if (this.#savedRows === null) fsyncFolder(folder);
    const stepLog = this.#log.sync();
    const step = this.#log.rows;
    const logs = { stepLog, evaluationLog: EMPTY_STREAM };
    writeCheckpoint(folder, task.id, { step, cpu: cpuFeatures(), state: new Map(), saved, ...logs });
    this.#savedRows = step;
    this.#checkpointMs = this.#clock.now();
  }

  #recordSession(): void {
    recordSession(join(this.#request.folder, TASK_FILES.run), {
      start: this.#start.date,
      end: this.#clock.date(),
      fromStep: this.#fromStep,
      toStep: this.#log.rows,
      elapsedMs: this.#clock.now() - this.#start.ms,
    });
  }
}

function startOf(
  { folder, task }: Pick<TrainRequest, 'folder' | 'task'>,
  columns: readonly LogColumn[],
  resumes: boolean,
): Start {
  const open = (rows?: number, state?: StepLogState) =>
    new RowLog(join(folder, TASK_FILES.rowsStream), logSchema(task, columns), rows, state);
  const found = resumes
    ? fromNewest(folder, task.id, ({ step, stepLog, saved }) => ({
        log: open(step, stepLog),
        saved: saved === undefined ? null : decodeState(saved),
      }))
    : null;
  if (found === null) return { log: open(), saved: null, recovered: null };
  const { value, problem } = found;
  if (problem === null) return { ...value, recovered: null };
  replaceCorrupt(folder);
  const recovered = `${problem}; resumed from the one before, of row ${formatCount(value.log.rows)}`;
  return { ...value, recovered };
}

/** For example `step-limit, incomplete`, or `20 rows` where there is no more to say. */
function summaryOf({ outcome, complete, holds }: Verdict, rows: number): string {
  const result = outcome === DONE ? `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}` : outcome;
  return [result, ...(complete ? [] : ['incomplete']), ...(holds ? [] : ['does not hold'])].join(', ');
}
