import { Matrix } from 'ml-matrix';
import { readDataParameters, type TrainingRun } from '../../vae/runs.js';
import { COUNTED_DIRECTION, generatorDim, rankOf } from './decoder-dimension.js';
import { exactly } from './numbers.js';
import type { Finding } from './task-claim.js';

/** Says what `checkLinearRank` tests. */
export const LINEAR_RANK_TEST =
  `the number of singular values of the decoder's matrix above ${100 * COUNTED_DIRECTION}% of the largest is at least the same ` +
  'number for the matrix A of the data, and at most the intrinsic dimension (the first bound was chosen after the results); the value is ' +
  'the distance to the nearest of the two bounds';

/**
 * Compares the rank of a linear decoder with that of the data. The exact rank of A [r*, r*] is r*, but A can have singular values below
 * `COUNTED_DIRECTION` of the largest. A generator that equals the data does not count these directions, and one that learned them with a
 * larger variance does, so both ranks agree with the claim. The value is below 0 if the rank is too low and above 0 if it is too high.
 */
export function checkLinearRank(run: TrainingRun): Finding {
  const rank = generatorDim(run);
  const nearest = Math.min(Math.max(rank, dataRank(run)), run.task.settings.intrinsicDim);
  return exactly(rank - nearest, 0);
}

/** Returns the rank of A, counted like that of the decoder; NaN, which agrees with no claim, if the task has no A. */
function dataRank(run: TrainingRun): number {
  const data = readDataParameters(run);
  if (data === null) return NaN;
  const [rows = 0, columns = 0] = data.shape;
  return rankOf(Matrix.from1DArray(rows, columns, [...data.values]));
}
