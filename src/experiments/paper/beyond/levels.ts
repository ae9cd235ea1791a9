import { settingText } from '../../../task/settings.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import type { TrainingCell } from './hypothesis.js';

/** A quantity that varies between the cells of a sweep: a setting, or something computed from settings. */
export interface Factor<Level extends string | number = string | number> {
  readonly title: string;
  readonly levelOf: (settings: TrainingSettings) => Level;
}

/** The dimensions of data and latents. */
export const dimensions: Factor<string> = {
  title: 'intrinsic-ambient-latent dimensions',
  levelOf: (settings) => settingText(settings, 'dimensions'),
};

/** Returns the distinct levels of a factor: numbers in ascending order, texts in the order of the cells. */
export function levelsOf<Level extends string | number>(
  cells: readonly TrainingCell[],
  { levelOf }: Factor<Level>,
): Level[] {
  const levels = [...new Set(cells.map(({ settings }) => levelOf(settings)))];
  return levels.every((level) => typeof level === 'number') ? levels.sort((a, b) => a - b) : levels;
}

/** Returns the cells of each level, in the order of `levelsOf`. */
export function byLevel<Level extends string | number>(
  cells: readonly TrainingCell[],
  factor: Factor<Level>,
): { readonly level: Level; readonly cells: readonly TrainingCell[] }[] {
  return levelsOf(cells, factor).map((level) => ({
    level,
    cells: cells.filter(({ settings }) => factor.levelOf(settings) === level),
  }));
}
