import type { Cell } from '../cells.js';
import type { MissingRun, Run } from '../runs.js';
import type { SweepPart } from '../../sweep/load.js';
import { experimentOf } from '../../task/registry.js';
import { cellSettings, labelSetting, seedOf } from '../../task/settings.js';

/** As `3-12-20, decoderNoise true`; the experiment where nothing tells its cells apart. */
export function cellName(
  { varying }: Pick<SweepPart, 'varying'>,
  { settings }: Pick<Cell, 'settings'>,
): string {
  const experiment = experimentOf(settings);
  const labels = cellSettings(experiment, varying).map((name) => labelSetting(settings, name));
  return labels.join(', ') || experiment.name;
}

/** The runs that a cell's numbers lack. */
export function missingNotes(name: string, { missing }: Pick<Cell, 'missing'>): string[] {
  return [...new Set(missing.map(({ reason }) => reason))].map((reason) => {
    const lacking = missing.filter((run) => run.reason === reason);
    return `${name}: ${countSeeds(lacking)} missing: ${reason}`;
  });
}

/** As `seeds 2, 3`, each once. */
export function countSeeds(runs: readonly (Run | MissingRun)[]): string {
  const seeds = [...new Set(runs.map(({ task }) => seedOf(task.settings)))];
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
}
