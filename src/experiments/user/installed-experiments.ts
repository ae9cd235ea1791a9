import { InputError } from '../../errors.js';
import { installedPlugins, pluginParts, type InstalledPlugin } from '../../task/plugins.js';
import type { Settings } from '../../task/task.js';
import type { UserExperiment, UserSettings } from './definition.js';

export function definitions(): readonly UserExperiment[] {
  return pluginParts('experiments');
}

export function findDefinition(name: string): UserExperiment | null {
  return definitions().find((definition) => definition.name === name) ?? null;
}

/** @param experiment that of a definition */
export function pluginOf(experiment: string): InstalledPlugin {
  const owner = installedPlugins().find(({ parts }) =>
    parts['experiments']?.some(({ name }) => name === experiment),
  );
  if (owner === undefined) throw new Error(`No plugin has the experiment ${experiment}.`);
  return owner;
}

/** @throws if no plugin has it */
export function definitionOf(settings: Settings): UserExperiment {
  const { experiment } = settings as Settings & { readonly experiment: string };
  const definition = findDefinition(experiment);
  if (definition !== null) return definition;
  throw new InputError(
    `no plugin that is given has the experiment ${experiment}: give the one that has it, by --plugin FILE`,
  );
}

/** What the functions of a definition are given. */
export function asUserSettings(settings: Settings): UserSettings {
  return settings as unknown as UserSettings;
}
