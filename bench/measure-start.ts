import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommandUntilFile } from './command-line.js';
import type { MeasureOptions } from './options.js';
import type { StartResult } from './result.js';
import { SHAPES, taskOf } from './shapes.js';
import { spreadOf } from './statistics.js';
import { inTemporaryFolder } from './temporary-folder.js';
import { taskFolder, TASK_FILES } from '../src/store/task-folder.js';

/** More steps than the run can train before it is killed. */
const STEPS = 1_000_000;

/**
 * Measures the time from the start of Node to the first checkpoint of a run with one worker, with an empty cache of compiled programs and
 * with the programs of the previous run. The checkpoint is due when the first call of the loop returns, so that the time includes the first
 * evaluation, up to 100 steps, and the commit of the checkpoint.
 */
export async function measureStart({ rounds, progress }: MeasureOptions): Promise<StartResult> {
  return inTemporaryFolder(async (folder) => {
    const results: StartResult = [];
    for (const shape of SHAPES) {
      const task = taskOf(shape, STEPS, 0);
      const { intrinsicDim, ambientDim, latentDim, seed, modelSeed } = task.settings;
      const file = path.join(folder, `${shape}.yaml`);
      const settings = { dimensions: [intrinsicDim, ambientDim, latentDim], seed, modelSeed, steps: STEPS };
      writeFileSync(file, JSON.stringify({ experiment: shape, settings }));
      const environment = { XDG_CACHE_HOME: path.join(folder, 'cache') };
      const out = path.join(folder, 'out');
      const checkpoint = path.join(taskFolder(out, task), TASK_FILES.checkpoint);
      const run = async () => {
        rmSync(out, { recursive: true, force: true });
        const args = ['run', file, '--out', out, '--workers', '1', '--checkpoint-every', '0'];
        return runCommandUntilFile(args, checkpoint, environment);
      };
      const samples = { cold: [] as number[], warm: [] as number[] };
      for (let round = 1; round <= rounds; round++) {
        progress(`start: ${shape}, round ${String(round)} of ${String(rounds)}`);
        rmSync(environment.XDG_CACHE_HOME, { recursive: true, force: true });
        samples.cold.push(await run());
        samples.warm.push(await run());
      }
      results.push({ shape, coldMs: spreadOf(samples.cold), warmMs: spreadOf(samples.warm) });
    }
    return results;
  });
}
