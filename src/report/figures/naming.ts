import type { Cell } from '../cells.js';
import type { Experiment } from '../../task/experiment.js';
import { experimentOf } from '../../task/registry.js';
import {
  hasSetting,
  settingOf,
  settingsButSeeds,
  settingsWithRole,
  settingText,
} from '../../task/settings.js';
import type { Settings } from '../../task/task.js';
import { typeset } from './typography.js';

/** What tells a figure's cells apart: a curve's settings within a panel, and a panel's. */
export interface CellNaming {
  readonly curve: readonly string[];
  readonly panel: readonly string[];
}

/** Curves are told apart by the main settings, and panels by whatever else varies; curves by that if the main settings do not. */
export function namingOf(cells: readonly Cell[]): CellNaming {
  const main = mainSettings(cells);
  const varying = varyingSettings(cells);
  const others = varying.filter((name) => !main.includes(name));
  const isByMain = varying.length === 0 || others.length < varying.length;
  return isByMain ? { curve: main, panel: others } : { curve: others, panel: [] };
}

/** All that tells a cell apart from the others of its figure, as `2-16-8, threshold e⁻⁴`; its main settings if nothing does. */
export function cellLabel(cells: readonly Cell[], cell: Cell): string {
  const varying = varyingSettings(cells);
  return labelOf(varying.length === 0 ? mainSettings(cells) : varying, cell.settings);
}

/** The label of a panel of one cell; with what the parts of its main settings are, where they alone tell it. */
export function panelTitle(cells: readonly Cell[], cell: Cell): string {
  const label = cellLabel(cells, cell);
  if (varyingSettings(cells).length > 0) return label;
  const experiment = experimentOf(cell.settings);
  const parts = mainSettings(cells).map((name) => experiment.words[name]?.parts ?? name);
  return label === '' ? experiment.name : `${experiment.name}, ${label} (${parts.join(', ')})`;
}

/** The legend's title for curves that these settings tell apart: what the parts of each setting's value are, then its name. */
export function legendTitle(cells: readonly Cell[], names: readonly string[]): string {
  const words = experimentsOf(cells)[0]?.words;
  return names.map((name) => [words?.[name]?.parts, name].filter(Boolean).join(' ')).join(', ');
}

/** As `learningRate 0.001, threshold e⁻⁴`. */
export function labelOf(names: readonly string[], settings: Settings): string {
  return names.map((name) => settingLabel(name, settings)).join(', ');
}

function settingLabel(name: string, settings: Settings): string {
  const text = typeset(settingText(settings, name));
  const { role, short } = experimentOf(settings).words[name] ?? {};
  if (role === 'main') return text;
  return short !== undefined && text === 'none' ? `no ${short}` : `${short ?? name} ${text}`;
}

function mainSettings(cells: readonly Cell[]): string[] {
  const names = experimentsOf(cells).flatMap((experiment) => settingsWithRole(experiment, 'main'));
  return [...new Set(names)];
}

function varyingSettings(cells: readonly Cell[]): string[] {
  const names = experimentsOf(cells).flatMap(settingsButSeeds);
  return [...new Set(names)].filter((name) => {
    const values = cells.map(({ settings }) =>
      hasSetting(settings, name) ? String(settingOf(settings, name)) : null,
    );
    return new Set(values).size > 1;
  });
}

function experimentsOf(cells: readonly Cell[]): Experiment[] {
  return [...new Set(cells.map(({ settings }) => experimentOf(settings)))];
}
