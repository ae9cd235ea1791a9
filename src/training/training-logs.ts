import { join } from 'node:path';
import type { Tensor1D } from '@tensorflow/tfjs-node';
import { BatchStream } from '../logs/batch-stream.js';
import { batchToFile, recordBatch } from '../logs/encode.js';
import { encodeSafetensors } from '../logs/safetensors.js';
import { evaluationSchema, sampleSchema, stepSchema } from '../logs/schemas.js';
import { EMPTY_STEP_LOG, StepLog } from '../logs/step-log.js';
import { writeFileDurably } from '../store/files.js';
import { TASK_FILES } from '../store/task-folder.js';
import type { Task } from '../sweep/task.js';
import type { Model } from '../vae/model.js';
import { parameterLayout } from '../vae/parameters.js';
import type { Checkpoint } from './checkpoint.js';
import type { EvaluationRow } from './evaluate.js';

/** The files that a run of one task writes. */
export class TrainingLogs {
  readonly steps: StepLog;
  readonly #evaluations: BatchStream;
  readonly #folder: string;
  readonly #task: Task;

  /** @param checkpoint where to go on, or null to start anew */
  constructor(folder: string, task: Task, checkpoint: Checkpoint | null) {
    this.#folder = folder;
    this.#task = task;
    this.steps = new StepLog(
      join(folder, TASK_FILES.stepsStream),
      stepSchema(task),
      task.settings.logEverySteps,
      checkpoint?.stepLog ?? EMPTY_STEP_LOG,
    );
    this.#evaluations = new BatchStream(
      join(folder, TASK_FILES.evaluationsStream),
      evaluationSchema(task),
      checkpoint?.evaluationLogBytes ?? 0,
    );
  }

  /** Each evaluation is a record batch of its own. */
  addEvaluation(row: EvaluationRow): void {
    this.#evaluations.append(evaluationSchema(this.#task).fields.map(({ name }) => [row[name] ?? null]));
  }

  /** Makes what was logged durable, and says where the logs are. */
  sync(): Pick<Checkpoint, 'stepLog' | 'evaluationLogBytes'> {
    return { stepLog: this.steps.sync(), evaluationLogBytes: this.#evaluations.sync() };
  }

  /** Writes the whole files of the finished task. @param generated points of the last evaluation, row-major */
  finish(model: Model, parameters: Tensor1D, generated: Float32Array): void {
    this.#write(TASK_FILES.steps, this.steps.finish());
    this.#write(TASK_FILES.evaluations, this.#evaluations.toFile());
    this.#write(TASK_FILES.samples, this.#encodeSamples(generated));
    this.#write(TASK_FILES.parameters, encodeParameters(this.#task, model, parameters));
  }

  close(): void {
    this.steps.close();
    this.#evaluations.close();
  }

  #write(name: string, bytes: Uint8Array): void {
    writeFileDurably(join(this.#folder, name), bytes);
  }

  #encodeSamples(generated: Float32Array): Uint8Array {
    const { ambientDim, evaluationPoints } = this.#task.settings;
    const columns = Array.from({ length: ambientDim }, (_, column) =>
      Float32Array.from(
        { length: evaluationPoints },
        (__, row) => generated[row * ambientDim + column] ?? NaN,
      ),
    );
    return batchToFile(recordBatch(sampleSchema(this.#task), columns));
  }
}

/** The trained parameters by name, as safetensors with the settings in its metadata. */
function encodeParameters({ id, settings, versions }: Task, model: Model, parameters: Tensor1D): Uint8Array {
  const flat = parameters.dataSync<'float32'>();
  const tensors = parameterLayout(model).map(({ name, shape, offset }) => ({
    name,
    shape,
    values: flat.slice(offset, offset + shape[0] * shape[1]),
  }));
  const metadata = { task: id, settings: JSON.stringify(settings), versions: JSON.stringify(versions) };
  return encodeSafetensors(metadata, tensors);
}
