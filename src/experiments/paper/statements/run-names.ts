import type { ComputedSettings } from './computed.js';
import { identityText } from './identity-texts.js';

/** The dimensions of the data, of the space and of the latents; the first goes by two names. */
const DIMENSIONS = [['intrinsicDim', 'rank'], ['ambientDim'], ['latentDim']] as const;
/** How a setting's value is told; of others the setting's name is told before it. */
const SPOKEN: Readonly<Record<string, (value: string) => string>> = {
  extraDims: (value) => `s = ${value}`,
  zeroColumns: (value) => `${value} zero ${value === '1' ? 'column' : 'columns'}`,
  reconstruction: (value) => value,
  identity: (value) => identityText(value).label,
};
const UNSHOWN: readonly string[] = ['kind', 'seed', 'modelSeed', ...DIMENSIONS.flat()];

/** How runs that belong together are told apart. */
export interface RunNames {
  /** All but the seed, as `2-6-4, startScale 1`. */
  setting(settings: ComputedSettings): string;
  /** As `2-6-4, startScale 1, seed 3`. */
  run(settings: ComputedSettings): string;
}

/** Names with the dimensions, and all settings that vary among the runs but those that are told otherwise. */
export function runNames(all: readonly ComputedSettings[], toldOtherwise: readonly string[] = []): RunNames {
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))];
  const varying = names.filter(
    (name) =>
      ![...UNSHOWN, ...toldOtherwise].includes(name) &&
      new Set(all.map((settings) => format(settings[name]))).size > 1,
  );
  const setting = (settings: ComputedSettings) =>
    [dimensionsOf(settings), ...varying.map((name) => spoken(name, format(settings[name])))]
      .filter((part) => part !== '')
      .join(', ') || 'all';
  return { setting, run: (settings) => `${setting(settings)}, seed ${format(settings['seed'])}` };
}

/** As `2-6-4`, r*-d-r; empty where the settings have none. */
export function dimensionsOf(settings: ComputedSettings): string {
  return DIMENSIONS.map((names) => names.map((name) => settings[name]).find((value) => value !== undefined))
    .filter((value) => value !== undefined)
    .map(format)
    .join('-');
}

/** A setting that is a number; NaN if it is none. */
export function numberOf(settings: ComputedSettings, name: string): number {
  const value = settings[name];
  return typeof value === 'number' ? value : NaN;
}

function spoken(name: string, value: string): string {
  return SPOKEN[name]?.(value) ?? `${name} ${value}`;
}

function format(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
