import type { ComputedSettings } from './computed.js';
import { identityText } from './identity-texts.js';

/** The settings with the dimensions of the data, of the space and of the latents. The first has two names. */
const DIMENSIONS = [['intrinsicDim', 'rank'], ['ambientDim'], ['latentDim']] as const;
/** Labels of settings with a given value. The labels of other settings are their names and values. */
const LABELS: Readonly<Record<string, (value: string) => string>> = {
  extraDims: (value) => `s = ${value}`,
  zeroColumns: (value) => `${value} zero ${value === '1' ? 'column' : 'columns'}`,
  reconstruction: (value) => value,
  identity: (value) => identityText(value).label,
};
const UNLABELED: readonly string[] = ['kind', 'seed', 'modelSeed', ...DIMENSIONS.flat()];

/** Labels that distinguish tasks from each other. */
export interface RunNames {
  /** Returns a label without the seed, for example `2-6-4, startScale 1`. */
  setting(settings: ComputedSettings): string;
  /** Returns a label, for example `2-6-4, startScale 1, seed 3`. */
  run(settings: ComputedSettings): string;
}

/** Returns labels with the dimensions and all settings that vary among the tasks, except those that are labeled elsewhere. */
export function runNames(
  all: readonly ComputedSettings[],
  labeledElsewhere: readonly string[] = [],
): RunNames {
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))];
  const varying = names.filter(
    (name) =>
      ![...UNLABELED, ...labeledElsewhere].includes(name) &&
      new Set(all.map((settings) => format(settings[name]))).size > 1,
  );
  const setting = (settings: ComputedSettings) =>
    [dimensionsOf(settings), ...varying.map((name) => labelOf(name, format(settings[name])))]
      .filter((part) => part !== '')
      .join(', ') || 'all';
  return { setting, run: (settings) => `${setting(settings)}, seed ${format(settings['seed'])}` };
}

/** Returns the dimensions r*-d-r, for example `2-6-4`; empty if the settings have none. */
export function dimensionsOf(settings: ComputedSettings): string {
  return DIMENSIONS.map((names) => names.map((name) => settings[name]).find((value) => value !== undefined))
    .filter((value) => value !== undefined)
    .map(format)
    .join('-');
}

/** Returns a numeric setting; NaN if it is not a number. */
export function numberOf(settings: ComputedSettings, name: string): number {
  const value = settings[name];
  return typeof value === 'number' ? value : NaN;
}

function labelOf(name: string, value: string): string {
  return LABELS[name]?.(value) ?? `${name} ${value}`;
}

function format(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
