import path from 'node:path';
import { searchComparisons, type Comparison } from '../../../src/report/search/compared.js';
import { toParts, type PartRuns } from '../../../src/report/runs.js';
import { expandSweep, prepareSweep } from '../../../src/sweep/load.js';
import { loadDetails } from '../../../src/task/registry.js';
import { settingOf } from '../../../src/task/settings.js';
import type { Task } from '../../../src/task/task.js';
import { sweepFolderWith, VERSIONS } from '../../sweep/sweep-folder.js';

/** A halving with a setting that matters, one that does not, and a choice. */
export const HALVING = `
name: halving
experiment: linear
grid: { dimensions: [[2, 4, 3]], seed: [1, 2] }
sample: { count: 27 }
space:
  learningRate: { logUniform: [1.0e-5, 1.0e-1] }
  initialDecoderLogVariance: { uniform: [-4, -0.5] }
  engine: { choice: [c, xla, eager] }
halving: { metric: loss, goal: min, min: 100, max: 900, factor: 3 }
`;

/** A search by TPE for the largest value, with a setting that only exists with a value of another. */
export const TPE = `
name: tpe
experiment: linear
grid: { dimensions: [[2, 4, 3]], seed: [1] }
sample: { method: tpe, count: 24, batch: 8, metric: loss, goal: max }
space:
  learningRate: { logUniform: [1.0e-5, 1.0e-1] }
  engine: { choice: [eager, c] }
  initialDecoderLogVariance: { uniform: [-4, -0.5], when: { engine: c } }
settings: { steps: 100 }
`;

/** The metric of a task: the best learning rate is 0.001, engines differ a little, and the largest rates diverge. */
export function lossOf({ settings }: Task): number | null {
  const rate = Math.log10(Number(settingOf(settings, 'learningRate')));
  if (rate > -1.2) return null;
  const engine = settingOf(settings, 'engine') === 'eager' ? 0.5 : 0;
  const seed = Number(settingOf(settings, 'seed'));
  return (rate + 3) ** 2 + engine + seed / 100 + 100 / Number(settingOf(settings, 'steps'));
}

/** A search whose tasks have these results; undefined for a task that has not ended. */
export async function searched(
  text: string,
  valueOf: (task: Task) => number | null | undefined,
): Promise<{ readonly comparison: Comparison; readonly parts: readonly PartRuns[] }> {
  const folder = sweepFolderWith({ 'sweep.yaml': text });
  const prepared = prepareSweep(path.join(folder, 'sweep.yaml'), { versions: VERSIONS });
  const sweep = expandSweep(prepared, () => ({
    metricsOf: () => ['loss'],
    read: (_metric, candidates) => {
      const values = candidates.map((tasks) => tasks.map(valueOf));
      return values.flat().includes(undefined) ? null : (values as (number | null)[][]);
    },
  }));
  const [comparison] = searchComparisons(sweep);
  if (comparison === undefined) throw new Error('The sweep is no search.');
  return { comparison, parts: toParts(sweep, new Map(), await loadDetails(sweep.tasks)) };
}
