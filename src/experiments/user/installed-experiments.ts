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

/** Returns the plugin that defines an experiment. @throws an Error if no installed plugin defines it */
export function pluginOf(experiment: string): InstalledPlugin {
  const owner = installedPlugins().find(({ parts }) =>
    parts['experiments']?.some(({ name }) => name === experiment),
  );
  if (owner === undefined) throw new Error(`No installed plugin defines the experiment ${experiment}.`);
  return owner;
}

/** Returns the definition of a task's experiment. @throws an InputError if no installed plugin defines it */
export function definitionOf(settings: Settings): UserExperiment {
  const { experiment } = settings as Settings & { readonly experiment: string };
  const definition = findDefinition(experiment);
  if (definition !== null) return definition;
  throw new InputError(
    `unknown experiment ${experiment}: pass the plugin that defines it with --plugin FILE`,
  );
}

/** Returns the settings in the form that is passed to the functions of a definition. */
export function asUserSettings(settings: Settings): UserSettings {
  return settings as unknown as UserSettings;
}
