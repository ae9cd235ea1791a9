import { InputError } from '../errors.js';
import {
  addPlugin,
  installedPlugins,
  pluginParts,
  removePlugin,
  type InstalledPlugin,
  type PluginReference,
} from '../task/plugins.js';
import { experimentFamilies, experimentNames } from '../task/registry.js';

/**
 * Loads plugins into this process or thread, once each, before anything asks for an experiment. They run with all of its rights: only a
 * user's own word, `--plugin` or the project's configuration, may name one, never a sweep file, a store or a queue.
 */
export async function installPlugins(files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const { loadPlugin } = await import('./load-plugin.js');
  for (const file of files) {
    const loaded = await loadPlugin(file);
    const before = installedPlugins().find((other) => other.file === loaded.file);
    if (before === undefined) {
      await refuseTakenNames(loaded);
      addPlugin(loaded);
      refuseSharedNames(loaded);
    } else refuseEdited(before, loaded);
  }
}

/**
 * Loads plugins as the process that started this one has loaded them.
 * @throws an InputError for one that was edited since then: its results would be stored under the identity of the old one
 */
export async function installSamePlugins(plugins: readonly PluginReference[]): Promise<void> {
  await installPlugins(plugins.map(({ file }) => file));
  for (const { file, hash } of plugins)
    if (!installedPlugins().some((plugin) => plugin.file === file && plugin.hash === hash))
      throw new InputError(
        `${file}, or a file that it lists, was edited after the run started: start the run again`,
      );
}

/** It is loaded already, and can't be loaded again; a worker would load the new one. */
function refuseEdited(before: InstalledPlugin, { file, hash }: InstalledPlugin): void {
  if (before.hash !== hash)
    throw new InputError(`${file} was edited after this process loaded it: start the program again`);
}

/** A dataset and an experiment of one plugin are both named by a sweep file's `experiment`. */
function refuseSharedNames({ file }: InstalledPlugin): void {
  const names = experimentNames();
  const shared = names.find((name, index) => names.indexOf(name) !== index);
  if (shared === undefined) return;
  removePlugin(file);
  throw new InputError(`${file}: ${shared} is the name of two of its parts: choose another name`);
}

async function refuseTakenNames({ name, parts, file }: InstalledPlugin): Promise<void> {
  const refuse = (kind: string, own: readonly { readonly name: string }[], known: readonly string[]) => {
    const taken = new Set(known);
    for (const part of own) {
      if (taken.has(part.name))
        throw new InputError(`${file}: ${kind}: ${part.name} is there already: choose another name`);
      taken.add(part.name);
    }
  };
  refuse(
    'name',
    [{ name }],
    installedPlugins().map((other) => other.name),
  );
  const kinds = experimentFamilies().flatMap((family) => Object.entries(family.pluginParts));
  for (const [kind, { takenNames }] of kinds)
    refuse(kind, parts[kind] ?? [], [
      ...(await takenNames()),
      ...pluginParts<{ readonly name: string }>(kind).map((part) => part.name),
    ]);
}
