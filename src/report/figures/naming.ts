import { settingNames, type SettingName } from '../../experiments/vae/settings/training-settings.js';
import { formatSetting, settingOf } from '../../task/settings.js';
import type { TrainingSettings } from '../../task/task.js';
import type { FigureCell } from './figure.js';
import { typeset } from './typography.js';

/** What tells a figure's cells apart: a curve's settings within a panel, and a panel's. */
export interface CellNaming {
  readonly curve: readonly SettingName[];
  readonly panel: readonly SettingName[];
}

/** Curves are told apart by their dimensions, and panels by whatever else varies; curves by that if the dimensions do not. */
export function namingOf(cells: readonly FigureCell[]): CellNaming {
  const varying = varyingSettings(cells);
  const others = varying.filter((name) => name !== 'dimensions');
  const isByDimensions = varying.length === 0 || varying.includes('dimensions');
  return isByDimensions ? { curve: ['dimensions'], panel: others } : { curve: others, panel: [] };
}

/** All that tells a cell apart from the others of its figure, as `2-16-8, threshold e⁻⁴`; its dimensions if nothing does. */
export function cellLabel(cells: readonly FigureCell[], cell: FigureCell): string {
  const varying = varyingSettings(cells);
  return labelOf(varying.length === 0 ? ['dimensions'] : varying, cell.cell.settings);
}

/** The label of a panel of one cell; with what the three dimensions are, where they alone tell it. */
export function panelTitle(cells: readonly FigureCell[], cell: FigureCell): string {
  const label = cellLabel(cells, cell);
  return varyingSettings(cells).length > 0
    ? label
    : `${cell.cell.settings.experiment} data, ${label} (intrinsic-ambient-latent)`;
}

/** As `learningRate 0.001, threshold e⁻⁴`. */
export function labelOf(names: readonly SettingName[], settings: TrainingSettings): string {
  return names.map((name) => settingLabel(name, settings)).join(', ');
}

function settingLabel(name: SettingName, settings: TrainingSettings): string {
  const text = typeset(formatSetting(name, settingOf(settings, name)));
  if (name === 'dimensions') return text;
  if (name !== 'decoderVarianceThreshold') return `${name} ${text}`;
  return text === 'none' ? 'no threshold' : `threshold ${text}`;
}

function varyingSettings(cells: readonly FigureCell[]): SettingName[] {
  return settingNames.filter((name) => {
    const values = cells.map(({ cell }) => String(settingOf(cell.settings, name)));
    return name !== 'seed' && name !== 'modelSeed' && new Set(values).size > 1;
  });
}
