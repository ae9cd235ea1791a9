import { cpuFeatures } from '../../compiler/native/cpu.js';
import { CorruptTaskError } from '../../errors.js';
import { fromNewest, replaceCorrupt, type Checkpoint } from '../../store/checkpoint.js';
import type { TrainingColumns } from '../../task/experiment.js';
import type { Predecessor, TrainRequest } from '../../task/protocol.js';
import type { Task } from '../../task/task.js';
import type { StateValues } from './archive.js';
import type { TrainedSettings } from './definition.js';
import { TrainingLogs } from './training-logs.js';

/** Where a task starts: its logs up to there, open, and the state of its training. */
export interface Start {
  /** 0 with `state` null: from the first step. */
  readonly step: number;
  readonly state: StateValues | null;
  readonly logs: TrainingLogs;
  /** What was broken, and what it goes on from instead; null if nothing was. */
  readonly recovered: string | null;
}

/**
 * Goes on from the last checkpoint, from the one before it where that is broken, or from a finished task of fewer steps.
 * @param names of the state's tensors
 * @param fromFinished reads the state of a finished task and its logs up to there; null if it can't be trusted
 * @throws a CorruptTaskError if there is a checkpoint and none that can be trusted, an Error if it was made on a CPU that may round
 *   differently
 */
export function resume(
  { folder, task, predecessor }: TrainRequest<Task<TrainedSettings>>,
  columns: TrainingColumns,
  names: readonly string[],
  fromFinished: (finished: Predecessor, logs: TrainingLogs) => Pick<Start, 'step' | 'state'> | null,
): Start {
  const found = fromNewest(folder, task.id, (checkpoint, file) => {
    const state = stateOf(checkpoint, names, file);
    return { step: checkpoint.step, state, logs: new TrainingLogs(folder, task, columns, checkpoint) };
  });
  if (found !== null) {
    const { value, problem } = found;
    if (problem === null) return { ...value, recovered: null };
    replaceCorrupt(folder);
    return { ...value, recovered: `${problem}; went on from the one before, of step ${value.step}` };
  }
  const logs = new TrainingLogs(folder, task, columns, null);
  try {
    const start = predecessor && fromFinished(predecessor, logs);
    return { ...(start ?? { step: 0, state: null }), logs, recovered: null };
  } catch (error) {
    logs.close();
    throw error;
  }
}

function stateOf({ cpu, state }: Checkpoint, names: readonly string[], file: string): StateValues {
  if (cpu !== cpuFeatures())
    throw new Error(
      `${file} was made on a CPU with ${cpu}, this one has ${cpuFeatures()}: the rest would round differently. ` +
        `Go on there, or delete its folder (vae-sweep rm) to train from the first step here.`,
    );
  return names.map((name) => {
    const values = state.get(name);
    if (values === undefined) throw new CorruptTaskError(`${file} lacks the array ${name}`);
    return values;
  });
}
