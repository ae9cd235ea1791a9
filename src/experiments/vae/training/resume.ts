import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptTaskError } from '../../../errors.js';
import { inStore } from '../../../store/files.js';
import { TASK_FILES } from '../../../store/task-folder.js';
import { readCheckpoint, type Checkpoint } from './checkpoint.js';
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

/**
 * Goes on from the last checkpoint, from the one before it where that is broken, or from a finished task of fewer steps.
 * @throws a CorruptTaskError if there is a checkpoint and none that can be trusted
 */
export function resume(
  { folder, task, predecessor }: TrainRequest<TrainingTask>,
  program: Pick<Program, 'model' | 'streams'>,
): Start {
  const problems: string[] = [];
  for (const name of [TASK_FILES.checkpoint, TASK_FILES.checkpointBefore]) {
    try {
      const checkpoint = readCheckpoint(join(folder, name), task.id);
      if (checkpoint === null) continue;
      const logs = new TrainingLogs(folder, task, checkpoint);
      if (problems.length > 0) replaceBroken(folder);
      return fromCheckpoint(checkpoint, logs, problems);
    } catch (error) {
      if (!(error instanceof CorruptTaskError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new CorruptTaskError(problems.join('; '));
  const logs = new TrainingLogs(folder, task, null);
  try {
    const finished = predecessor === null ? null : readPredecessor(predecessor, task, program, logs);
    return { step: finished?.step ?? 0, state: finished?.state ?? null, logs, recovered: null };
  } catch (error) {
    logs.close();
    throw error;
  }
}

/** Else the next checkpoint would keep the broken one as the one before it, and a crash then leave nothing else. */
function replaceBroken(folder: string): void {
  const file = join(folder, TASK_FILES.checkpoint);
  inStore(`write ${file}`, () => {
    renameSync(join(folder, TASK_FILES.checkpointBefore), file);
  });
}

function fromCheckpoint({ step, state }: Checkpoint, logs: TrainingLogs, problems: readonly string[]): Start {
  const [problem] = problems;
  const recovered = problem === undefined ? null : `${problem}; went on from the one before, of step ${step}`;
  return { step, state, logs, recovered };
}
