import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './command-line.js';
import type { MeasureOptions } from './options.js';
import type { StartResult } from './result.js';
import { SHAPES, settingsOf } from './shapes.js';
import { spreadOf } from './statistics.js';
import { inTemporaryFolder } from './temporary-folder.js';

/**
 * A run of one task of one step, from the start of Node to its end: with nothing compiled before, and with what the run before it has
 * compiled. The end, two evaluations and the files of the result, is in it; a user sees the first step earlier.
 */
export async function measureStart({ rounds, progress }: MeasureOptions): Promise<StartResult> {
  return inTemporaryFolder(async (folder) => {
    const results: StartResult = [];
    for (const shape of SHAPES) {
      const file = path.join(folder, `${shape}.yaml`);
      writeFileSync(file, JSON.stringify(oneStep(shape)));
      const environment = { XDG_CACHE_HOME: path.join(folder, 'cache') };
      const out = path.join(folder, 'out');
      const run = async () => {
        rmSync(out, { recursive: true, force: true });
        return (await runCommand(['run', file, '--out', out, '--workers', '1'], environment)).elapsedMs;
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

function oneStep(shape: (typeof SHAPES)[number]): object {
  const { intrinsicDim, ambientDim, latentDim } = settingsOf(shape, {});
  const dimensions = [intrinsicDim, ambientDim, latentDim];
  return { experiment: shape, settings: { dimensions, seed: 2, steps: 1 } };
}
