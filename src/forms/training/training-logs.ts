import { join } from 'node:path';
import { BatchStream, EMPTY_STREAM, UNWRITTEN_BYTES } from '../../logs/batch-stream.js';
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

/**
 * Metadata key in `parameters.safetensors` with the step that a longer task continues from. It is present only if a longer task does
 * not share the last steps.
 */
export const CONTINUATION_STEP = 'continuationStep';

/** The log files that training one task writes. */
export class TrainingLogs {
  readonly steps: StepLog;
  /** Names of the metrics that a step logs. */
  readonly metrics: readonly string[];
  readonly #evaluations: BatchStream;
  readonly #columns: TrainingColumns;
  readonly #task: Task<TrainedSettings>;
  readonly #folder: string;
  #lastEvaluation: EvaluationRow | null = null;
  /** Whether the directory entries of the logs are on disk. */
  #hasEntries: boolean;

  /** @param checkpoint the checkpoint to continue from, or null to start from the beginning */
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
      const keep = checkpoint?.evaluationLog ?? EMPTY_STREAM;
      this.#evaluations = new BatchStream(file, schema, keep, UNWRITTEN_BYTES);
      if (checkpoint !== null) this.#lastEvaluation = lastRow(this.#evaluations);
    } catch (error) {
      this.steps.close();
      throw error;
    }
  }

  /** The last evaluation row, which an earlier attempt may have added; null before the first. */
  get lastEvaluation(): EvaluationRow | null {
    return this.#lastEvaluation;
  }

  /** Appends an evaluation as its own record batch. */
  addEvaluation(row: EvaluationRow): void {
    this.#lastEvaluation = row;
    this.#evaluations.append(this.#columns.evaluations.map(({ name }) => [row[name] ?? null]));
  }

  /** Flushes the logs to disk and returns their positions for a checkpoint. */
  sync(): Pick<Checkpoint, 'stepLog' | 'evaluationLog'> {
    const synced = { stepLog: this.steps.sync(), evaluationLog: this.#evaluations.sync() };
    // Without this a power failure could keep the checkpoint but lose the older directory entry of a log.
    if (!this.#hasEntries) fsyncFolder(this.#folder);
    this.#hasEntries = true;
    return synced;
  }

  /**
   * Returns the contents of the finished task's files, by file name.
   * @param state the tensors of the state's archive
   * @param continuationStep the step that a longer task continues from, or null for the last step
   * @param samples values of each column of the samples; empty if the experiment has none
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
