import type { Cell } from '../cells.js';
import type { Experiment } from '../../task/experiment.js';
import { experimentOf } from '../../task/registry.js';
import {
  hasSetting,
  settingOf,
  settingsExceptSeeds,
  settingsWithRole,
  settingText,
} from '../../task/settings.js';
import type { Settings } from '../../task/task.js';
import { typeset } from './typography.js';

/** The settings that label a figure's curves within a panel, and its panels. */
export interface CellNaming {
  readonly curve: readonly string[];
  readonly panel: readonly string[];
}

/** Labels curves by the main settings, and panels by the other settings that vary. If no main setting varies, the others label the curves. */
export function namingOf(cells: readonly Cell[]): CellNaming {
  const main = mainSettings(cells);
  const varying = varyingSettings(cells);
  const others = varying.filter((name) => !main.includes(name));
  const isByMain = varying.length === 0 || others.length < varying.length;
  return isByMain ? { curve: main, panel: others } : { curve: others, panel: [] };
}

/** Returns the varying settings of a cell, for example `2-16-8, threshold e⁻⁴`, or its main settings if nothing varies. */
export function cellLabel(cells: readonly Cell[], cell: Cell): string {
  const varying = varyingSettings(cells);
  return labelOf(varying.length === 0 ? mainSettings(cells) : varying, cell.settings);
}

/** Returns the title of a panel with one cell. If nothing varies, it also explains the parts of the main settings. */
export function panelTitle(cells: readonly Cell[], cell: Cell): string {
  const label = cellLabel(cells, cell);
  if (varyingSettings(cells).length > 0) return label;
  const experiment = experimentOf(cell.settings);
  const parts = mainSettings(cells).map((name) => experiment.display[name]?.parts ?? name);
  return label === '' ? experiment.name : `${experiment.name}, ${label} (${parts.join(', ')})`;
}

/** Returns the legend's title for curves labeled by these settings: for each, the parts of its value and its name. */
export function legendTitle(cells: readonly Cell[], names: readonly string[]): string {
  const display = experimentsOf(cells)[0]?.display;
  return names.map((name) => [display?.[name]?.parts, name].filter(Boolean).join(' ')).join(', ');
}

/** Returns, for example, `learningRate 0.001, threshold e⁻⁴`. */
export function labelOf(names: readonly string[], settings: Settings): string {
  return names.map((name) => settingLabel(name, settings)).join(', ');
}

function settingLabel(name: string, settings: Settings): string {
  const text = typeset(settingText(settings, name));
  const { role, short } = experimentOf(settings).display[name] ?? {};
  if (role === 'main') return text;
  return short !== undefined && text === 'none' ? `no ${short}` : `${short ?? name} ${text}`;
}

function mainSettings(cells: readonly Cell[]): string[] {
  const names = experimentsOf(cells).flatMap((experiment) => settingsWithRole(experiment, 'main'));
  return [...new Set(names)];
}

function varyingSettings(cells: readonly Cell[]): string[] {
  const names = experimentsOf(cells).flatMap(settingsExceptSeeds);
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
