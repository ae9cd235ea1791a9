import type { SettingValues } from '../task/setting-values.js';
import { isSameSetting } from '../task/settings.js';
import type { Distribution } from './distributions.js';

/** A setting whose values are searched. */
export interface SpaceSetting {
  readonly name: string;
  readonly distribution: Distribution;
  /** Values of other settings that this one needs. If one differs, the setting is absent. */
  readonly when: SettingValues;
}

/** The settings to search, in the file's order, which numbers the dimensions of the unit cube. */
export type Space = readonly SpaceSetting[];

/**
 * Returns the values without those of inactive settings: settings with a condition that does not hold, or that depends on an inactive
 * setting. Conditions must not be circular.
 */
export function withoutInactive(space: Space, values: SettingValues): SettingValues {
  const inactive = new Set<string>();
  const isInactive = ({ when }: SpaceSetting) =>
    Object.entries(when).some(([name, value]) => {
      const actual = values[name];
      return inactive.has(name) || actual === undefined || !isSameSetting(actual, value);
    });
  // Each pass finds the settings that depend on those of the previous pass.
  for (let before = -1; before < inactive.size;) {
    before = inactive.size;
    for (const setting of space) if (isInactive(setting)) inactive.add(setting.name);
  }
  if (inactive.size === 0) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => !inactive.has(name)));
}
