import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectFile, runCommand } from './command-line.js';
import type { MeasureOptions } from './options.js';
import type { PlanningResult } from './result.js';
import { spreadOf } from './statistics.js';
import { inTemporaryFolder } from './temporary-folder.js';

const LATENT_DIMS = 100;
const SEEDS = 1_000;

/** Measures commands that train nothing, from the start of Node to its exit. */
export async function measurePlanning(options: MeasureOptions): Promise<PlanningResult> {
  return inTemporaryFolder(async (folder) => {
    const out = path.join(folder, 'out');
    const largeGrid = path.join(folder, 'large-grid.yaml');
    writeFileSync(largeGrid, JSON.stringify(largeSweep()));
    const set = options.steps === undefined ? [] : ['--set', `steps=${options.steps}`];
    const table1 = ['run', projectFile('sweeps/table1-linear.yaml'), '--out', out, ...set];
    options.progress('planning: training Table 1');
    await runCommand(table1);
    const commands = [
      { command: 'run of a finished Table 1', args: table1 },
      { command: 'plan of 100,000 tasks', args: ['plan', largeGrid, '--out', out] },
    ].map((item) => ({ ...item, samples: [] as number[] }));
    for (let round = 1; round <= options.rounds; round++) {
      options.progress(`planning: round ${round} of ${options.rounds}`);
      for (const { args, samples } of commands) samples.push((await runCommand(args)).elapsedMs);
    }
    return commands.map(({ command, samples }) => ({ command, elapsedMs: spreadOf(samples) }));
  });
}

/** Returns a sweep of short tasks with few log rows, so that the plan fits on a small disk. */
function largeSweep(): object {
  const dimensions = Array.from({ length: LATENT_DIMS }, (_, index) => [3, 12, index + 1]);
  const seed = Array.from({ length: SEEDS }, (_, index) => index);
  return {
    experiment: 'linear',
    grid: { dimensions, seed },
    settings: { steps: 1_000, logEverySteps: 1_000, evaluationPoints: 10 },
  };
}
