import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A function whose minimum is at x = 0.3. It fails for x above 0.5 while the file `broken` exists. */
const PLUGIN = `
import { existsSync } from 'node:fs';
const parabola = {
  name: 'parabola',
  form: 'function',
  settings: {
    x: { type: 'number', min: 0, max: 1, description: 'Argument' },
  },
  columns: { rows: [{ name: 'n' }], summary: [{ name: 'height' }] },
  rows: () => 10,
  *run({ x, seed }) {
    if (x > 0.5 && existsSync(new URL('broken', import.meta.url))) throw new Error('broken');
    for (let n = 1; n <= 10; n++) yield { n };
    return { height: (x - 0.3) ** 2 + Math.sin(seed) / 1000 };
  },
};
export default { name: 'parabola', experiments: [parabola] };
`;

/** Small searches that depend on results. */
export const SEARCHES = {
  'halving.yaml': {
    experiment: 'linear',
    grid: { dimensions: [[2, 4, 3]], seed: [1, 2] },
    sample: { count: 6, seed: 1 },
    space: { learningRate: { logUniform: [1e-4, 1e-1] } },
    settings: { evaluateEverySteps: 1_000 },
    halving: { metric: 'loss', goal: 'min', unit: 'steps', min: 1_000, max: 9_000, factor: 3 },
  },
  'tpe.yaml': {
    experiment: 'parabola',
    grid: { seed: [1, 2] },
    sample: { method: 'tpe', count: 18, batch: 6, seed: 1, metric: 'height', goal: 'min' },
    space: { x: { uniform: [0, 1] } },
  },
} as const;

/** Creates a folder with the searches and their plugin, `plugin.mjs`. */
export function searchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-search-'));
  writeFileSync(path.join(folder, 'plugin.mjs'), PLUGIN);
  for (const [name, sweep] of Object.entries(SEARCHES))
    writeFileSync(path.join(folder, name), JSON.stringify(sweep, null, 1));
  return folder;
}

/** Returns the decisions that are recorded in a store, by their names. */
export function decisionsIn(outDir: string, sweep: string): Record<string, string> {
  const folder = path.join(outDir, 'sweeps', sweep, 'decisions');
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}
