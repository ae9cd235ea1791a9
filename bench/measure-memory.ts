import { projectFile, runCommand } from './command-line.js';
import type { MeasureOptions } from './options.js';
import type { MemoryResult } from './result.js';
import { inTemporaryFolder } from './temporary-folder.js';

const STEPS = 3_000;
const WORKERS = 2;

/**
 * Measures a run of every shape of the paper's Tables 1 to 3, with one seed and few steps: a worker's memory depends on the number of
 * compiled shapes, and hardly on the length of tasks.
 */
export async function measureMemory({ steps = STEPS, progress }: MeasureOptions): Promise<MemoryResult> {
  progress('memory: every shape of Tables 1 to 3');
  return inTemporaryFolder(async (out) => {
    const { peakBytes } = await runCommand([
      ...['run', projectFile('sweeps/paper.yaml'), '--out', out, '--workers', String(WORKERS)],
      ...['--only', 'seed=2,69', '--only', 'decoderVarianceThreshold=none'],
      ...['--set', `steps=${Math.min(steps, STEPS)}`],
    ]);
    return { tasks: 'each shape of Tables 1 to 3 once', workers: WORKERS, peakBytes };
  });
}
