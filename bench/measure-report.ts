import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './command-line.js';
import type { MeasureOptions } from './options.js';
import type { ReportResult } from './result.js';
import { spreadOf } from './statistics.js';
import { inTemporaryFolder } from './temporary-folder.js';

/** Number of tasks of the paper's Tables 1 to 3. */
const TASKS = 252;
/** Steps of the paper's longest tasks; every step is logged. */
const STEPS = 150_000;

/** Measures the report of a sweep of the paper's size. Its models are small, so that training takes minutes; its logs have full size. */
export async function measureReport(options: MeasureOptions): Promise<ReportResult> {
  return inTemporaryFolder(async (folder) => {
    const steps = Math.min(STEPS, options.steps ?? STEPS);
    const file = path.join(folder, 'report.yaml');
    const seeds = Array.from({ length: TASKS }, (_, seed) => seed);
    const sweep = { experiment: 'linear', grid: { seed: seeds }, settings: { dimensions: [1, 2, 1], steps } };
    writeFileSync(file, JSON.stringify(sweep));
    const out = path.join(folder, 'out');
    options.progress(`report: training ${TASKS} tasks of ${steps} steps`);
    await runCommand(['run', file, '--out', out]);
    const elapsed: number[] = [];
    let peakBytes = 0;
    for (let round = 1; round <= options.rounds; round++) {
      options.progress(`report: round ${round} of ${options.rounds}`);
      const report = await runCommand(['report', file, '--out', out]);
      elapsed.push(report.elapsedMs);
      peakBytes = Math.max(peakBytes, report.peakBytes);
    }
    return { tasks: TASKS, steps, elapsedMs: spreadOf(elapsed), peakBytes };
  });
}
