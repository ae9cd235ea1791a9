import { join } from 'node:path';
import { BatchStream, EMPTY_STREAM } from '../../logs/batch-stream.js';
import { decodeLog } from '../../logs/decode.js';
import { batchToFile, recordBatch, type ColumnValues } from '../../logs/encode.js';
import { rowAt } from '../../logs/read.js';
import { logSchema } from '../../logs/schemas.js';
import { EMPTY_STEP_LOG, StepLog } from '../../logs/step-log.js';
import type { Checkpoint } from '../../store/checkpoint.js';
import { fsyncFolder } from '../../store/files.js';
import { encodeSafetensors, type NamedTensor } from '../../store/safetensors.js';
import { TASK_FILES } from '../../store/task-folder.js';
import type { TrainingColumns } from '../../task/experiment.js';
import type { Task } from '../../task/task.js';
import type { EvaluationRow, TrainedSettings } from './definition.js';

/** Name in the metadata of a finished task's state whose last steps a longer task does not share: the step to continue from. */
export const CONTINUATION_STEP = 'continuationStep';

/** The files that a run of one task writes. */
export class TrainingLogs {
  readonly steps: StepLog;
  /** Names of what a step logs. */
  readonly metrics: readonly string[];
  readonly #evaluations: BatchStream;
  readonly #columns: TrainingColumns;
  readonly #task: Task<TrainedSettings>;
  readonly #folder: string;
  #lastEvaluation: EvaluationRow | null = null;
  /** Whether the folder's entries of the logs are durable. */
  #hasEntries: boolean;

  /** @param checkpoint where to go on, or null to start anew */
  constructor(
    folder: string,
    task: Task<TrainedSettings>,
    columns: TrainingColumns,
    checkpoint: Checkpoint | null,
  ) {
    this.#task = task;
    this.#folder = folder;
    this.#columns = columns;
    this.#hasEntries = checkpoint !== null;
    this.metrics = columns.steps.slice(1).map(({ name }) => name);
    this.steps = new StepLog(
      join(folder, TASK_FILES.stepsStream),
      logSchema(task, columns.steps),
      task.settings.logEverySteps,
      checkpoint?.stepLog ?? EMPTY_STEP_LOG,
    );
    try {
      const file = join(folder, TASK_FILES.evaluationsStream);
      const schema = logSchema(task, columns.evaluations);
      this.#evaluations = new BatchStream(file, schema, checkpoint?.evaluationLog ?? EMPTY_STREAM);
      if (checkpoint !== null) this.#lastEvaluation = lastRow(this.#evaluations);
    } catch (error) {
      this.steps.close();
      throw error;
    }
  }

  /** The row that was added last, also before a stop; null before the first. */
  get lastEvaluation(): EvaluationRow | null {
    return this.#lastEvaluation;
  }

  /** Each evaluation is a record batch of its own. */
  addEvaluation(row: EvaluationRow): void {
    this.#lastEvaluation = row;
    this.#evaluations.append(this.#columns.evaluations.map(({ name }) => [row[name] ?? null]));
  }

  /** Makes what was logged durable, and says where the logs are. */
  sync(): Pick<Checkpoint, 'stepLog' | 'evaluationLog'> {
    // A checkpoint may get to the disk before an entry of the folder that is older.
    if (!this.#hasEntries) fsyncFolder(this.#folder);
    this.#hasEntries = true;
    return { stepLog: this.steps.sync(), evaluationLog: this.#evaluations.sync() };
  }

  /**
   * The whole files of the finished task, by name.
   * @param state as its archive keeps it
   * @param continuationStep the step that a longer task continues from, or null for the last
   * @param samples values of each column, where there are samples
   */
  results(
    state: readonly NamedTensor[],
    continuationStep: number | null,
    samples: readonly ColumnValues[],
  ): Record<string, Uint8Array> {
    const { id, settings, versions } = this.#task;
    const metadata = { task: id, settings: JSON.stringify(settings), versions: JSON.stringify(versions) };
    const continuation = continuationStep !== null && { [CONTINUATION_STEP]: String(continuationStep) };
    const sampled = this.#columns.samples && logSchema(this.#task, this.#columns.samples);
    return {
      [TASK_FILES.steps]: this.steps.finish(),
      [TASK_FILES.evaluations]: this.#evaluations.toFile(),
      ...(sampled && { [TASK_FILES.samples]: batchToFile(recordBatch(sampled, samples)) }),
      [TASK_FILES.parameters]: encodeSafetensors({ ...metadata, ...continuation }, state),
    };
  }

  close(): void {
    this.steps.close();
    this.#evaluations.close();
  }
}

function lastRow(stream: BatchStream): EvaluationRow | null {
  const table = decodeLog(stream.toFile());
  return table.numRows === 0 ? null : rowAt(table, table.numRows - 1);
}
