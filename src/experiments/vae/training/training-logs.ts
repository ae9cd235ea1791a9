import { join } from 'node:path';
import type { Tensor2D } from '@tensorflow/tfjs-node';
import { BatchStream, EMPTY_STREAM } from '../../../logs/batch-stream.js';
import { decodeLog } from '../../../logs/decode.js';
import { batchToFile, recordBatch } from '../../../logs/encode.js';
import { rowAt } from '../../../logs/read.js';
import type { Checkpoint } from '../../../store/checkpoint.js';
import { encodeSafetensors } from '../../../store/safetensors.js';
import { logSchema } from '../../../logs/schemas.js';
import { EMPTY_STEP_LOG, StepLog } from '../../../logs/step-log.js';
import { fsyncFolder } from '../../../store/files.js';
import { TASK_FILES } from '../../../store/task-folder.js';
import type { TrainingTask } from '../../../task/task.js';
import { evaluationColumns, sampleColumns, stepColumns } from '../metrics/columns.js';
import type { Model } from '../model/model.js';
import { parameterLayout } from '../model/parameters.js';
import type { EvaluationResult, EvaluationRow } from './evaluate.js';

/** Names of Adam's two moments among the finished task's parameters, from which a task of more steps may go on. */
export const MOMENTS = ['adam.firstMoment', 'adam.secondMoment'] as const;

/** Where a longer task continues from: parameters and Adam's moments after `step` steps. */
export interface Continuation {
  readonly step: number;
  readonly state: readonly Float32Array[];
}

/** Names in a finished task whose last steps a longer task does not share: its continuation's parameters, and their step. */
export const CONTINUATION = { parameters: 'continuation.parameters', step: 'continuationStep' } as const;

/** The state at a task's end, and the one that a longer task continues from if it is another. */
export interface Trained {
  readonly state: readonly Float32Array[];
  readonly continuation: Continuation | null;
}

/** The files that a run of one task writes. */
export class TrainingLogs {
  readonly steps: StepLog;
  readonly #evaluations: BatchStream;
  readonly #evaluationColumns: readonly string[];
  readonly #task: TrainingTask;
  readonly #folder: string;
  #lastEvaluation: EvaluationRow | null = null;
  /** Whether the folder's entries of the logs are durable. */
  #hasEntries: boolean;

  /** @param checkpoint where to go on, or null to start anew */
  constructor(folder: string, task: TrainingTask, checkpoint: Checkpoint | null) {
    this.#task = task;
    this.#folder = folder;
    this.#hasEntries = checkpoint !== null;
    this.steps = new StepLog(
      join(folder, TASK_FILES.stepsStream),
      logSchema(task, stepColumns),
      task.settings.logEverySteps,
      checkpoint?.stepLog ?? EMPTY_STEP_LOG,
    );
    const evaluations = logSchema(task, evaluationColumns(task.settings));
    this.#evaluationColumns = evaluations.fields.map(({ name }) => name);
    try {
      const file = join(folder, TASK_FILES.evaluationsStream);
      this.#evaluations = new BatchStream(file, evaluations, checkpoint?.evaluationLog ?? EMPTY_STREAM);
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
    this.#evaluations.append(this.#evaluationColumns.map((name) => [row[name] ?? null]));
  }

  /** Makes what was logged durable, and says where the logs are. */
  sync(): Pick<Checkpoint, 'stepLog' | 'evaluationLog'> {
    // A checkpoint may get to the disk before an entry of the folder that is older.
    if (!this.#hasEntries) fsyncFolder(this.#folder);
    this.#hasEntries = true;
    return { stepLog: this.steps.sync(), evaluationLog: this.#evaluations.sync() };
  }

  /** The whole files of the finished task, by name. @param points of the last evaluation */
  results(
    model: Model,
    trained: Trained,
    dataParameters: readonly Tensor2D[],
    points: Samples,
  ): Record<string, Uint8Array> {
    return {
      [TASK_FILES.steps]: this.steps.finish(),
      [TASK_FILES.evaluations]: this.#evaluations.toFile(),
      [TASK_FILES.samples]: this.#encodeSamples(points),
      [TASK_FILES.parameters]: encodeParameters(this.#task, model, trained, dataParameters),
    };
  }

  close(): void {
    this.steps.close();
    this.#evaluations.close();
  }

  #encodeSamples({ generated, real }: Samples): Uint8Array {
    const { ambientDim } = this.#task.settings;
    const columns = [...columnsOf(generated, ambientDim), ...columnsOf(real, ambientDim)];
    return batchToFile(recordBatch(logSchema(this.#task, sampleColumns(this.#task.settings)), columns));
  }
}

function lastRow(stream: BatchStream): EvaluationRow | null {
  const table = decodeLog(stream.toFile());
  return table.numRows === 0 ? null : rowAt(table, table.numRows - 1);
}

type Samples = Pick<EvaluationResult, 'generated' | 'real'>;

/** The columns of a row-major matrix. */
function columnsOf(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: width }, (_, column) => {
    const rows = new Float32Array(values.length / width);
    for (let row = 0; row < rows.length; row++) rows[row] = values[row * width + column] ?? NaN;
    return rows;
  });
}

/**
 * Trained parameters by name, what a longer task continues from (Adam's moments as one vector each, and the parameters there if they are
 * others), the data's parameters (A, a*) as `data.0`; the settings in the metadata.
 */
function encodeParameters(
  { id, settings, versions }: TrainingTask,
  model: Model,
  { state, continuation }: Trained,
  dataParameters: readonly Tensor2D[],
): Uint8Array {
  const [flat = new Float32Array()] = state;
  const [before, ...rest] = continuation?.state ?? state;
  const moments = MOMENTS.map((name, index) => {
    const values = rest[index] ?? new Float32Array();
    return { name, shape: [values.length], values };
  });
  const data = dataParameters.map((tensor, index) => ({
    name: `data.${String(index)}`,
    shape: tensor.shape,
    values: tensor.dataSync<'float32'>(),
  }));
  const trained = parameterLayout(model).map(({ name, shape, offset }) => ({
    name,
    shape,
    values: flat.slice(offset, offset + shape[0] * shape[1]),
  }));
  const metadata = { task: id, settings: JSON.stringify(settings), versions: JSON.stringify(versions) };
  if (continuation === null || before === undefined)
    return encodeSafetensors(metadata, [...trained, ...moments, ...data]);
  const start = { name: CONTINUATION.parameters, shape: [before.length], values: before };
  return encodeSafetensors({ ...metadata, [CONTINUATION.step]: String(continuation.step) }, [
    ...[...trained, start],
    ...[...moments, ...data],
  ]);
}
