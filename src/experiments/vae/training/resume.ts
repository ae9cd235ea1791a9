import { cpuFeatures } from '../../../compiler/native/cpu.js';
import { CorruptTaskError } from '../../../errors.js';
import { fromNewest, replaceCorrupt, type Checkpoint } from '../../../store/checkpoint.js';
import { readPredecessor } from './predecessor.js';
import type { Program } from './programs.js';
import type { TrainRequest } from '../../../task/protocol.js';
import type { TrainingTask } from '../../../task/task.js';
import { TrainingLogs } from './training-logs.js';

/** Where a task starts: its logs up to there, open, and the state of its training. */
export interface Start {
  /** 0 with `state` null: from the first step. */
  readonly step: number;
  readonly state: readonly Float32Array[] | null;
  readonly logs: TrainingLogs;
  /** What was broken, and what it goes on from instead; null if nothing was. */
  readonly recovered: string | null;
}

/** Parameters and Adam's moments, as checkpoints name them. */
const STATE_NAMES = ['parameters', 'firstMoment', 'secondMoment'];

/** @param values in the order of `Start.state` */
export function namedState(values: readonly Float32Array[]): Checkpoint['state'] {
  return new Map(values.map((vector, index) => [STATE_NAMES[index] ?? '', vector]));
}

/**
 * Goes on from the last checkpoint, from the one before it where that is broken, or from a finished task of fewer steps.
 * @throws a CorruptTaskError if there is a checkpoint and none that can be trusted, an Error if it was made on a CPU that may round
 *   differently
 */
export function resume(
  { folder, task, predecessor }: TrainRequest<TrainingTask>,
  program: Pick<Program, 'model' | 'streams'>,
): Start {
  const found = fromNewest(folder, task.id, (checkpoint, file) => {
    const state = stateOf(checkpoint, file);
    return { step: checkpoint.step, state, logs: new TrainingLogs(folder, task, checkpoint) };
  });
  if (found !== null) {
    const { value, problem } = found;
    if (problem === null) return { ...value, recovered: null };
    replaceCorrupt(folder);
    return { ...value, recovered: `${problem}; went on from the one before, of step ${value.step}` };
  }
  const logs = new TrainingLogs(folder, task, null);
  try {
    const finished = predecessor === null ? null : readPredecessor(predecessor, task, program, logs);
    return { step: finished?.step ?? 0, state: finished?.state ?? null, logs, recovered: null };
  } catch (error) {
    logs.close();
    throw error;
  }
}

function stateOf({ cpu, state }: Checkpoint, file: string): Float32Array[] {
  if (cpu !== cpuFeatures())
    throw new Error(
      `${file} was made on a CPU with ${cpu}, this one has ${cpuFeatures()}: the rest would round differently. ` +
        `Go on there, or delete its folder (vae-sweep rm) to train from the first step here.`,
    );
  return STATE_NAMES.map((name) => {
    const values = state.get(name);
    if (values === undefined) throw new CorruptTaskError(`${file} lacks the array ${name}`);
    return values;
  });
}
