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
 * Loads plugins into this process or thread, each once. Call it before anything uses the registry of experiments. Plugins run with all
 * rights of the user, so that only `--plugin` and the project's configuration may name one, never a sweep file, a store or a queue.
 * @throws InputError if a plugin is invalid, was edited after it was loaded, or has the name of another one
 */
export async function installPlugins(files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const { loadPlugin } = await import('./load-plugin.js');
  for (const file of files) {
    const loaded = await loadPlugin(file);
    const before = installedPlugins().find((other) => other.file === loaded.file);
    if (before === undefined) {
      await assertNamesAvailable(loaded);
      addPlugin(loaded);
      assertUniqueExperiments(loaded);
    } else assertUnchanged(before, loaded);
  }
}

/**
 * Loads the same plugins as the parent process.
 * @throws InputError if a plugin was edited since then: its results would be stored under the identity of the old version
 */
export async function installSamePlugins(plugins: readonly PluginReference[]): Promise<void> {
  await installPlugins(plugins.map(({ file }) => file));
  for (const { file, hash } of plugins)
    if (!installedPlugins().some((plugin) => plugin.file === file && plugin.hash === hash))
      throw new InputError(
        `${file}, or a file that it lists, was edited after the run started: restart the run`,
      );
}

/** Modules can't be reloaded, but a new worker would load the edited version. */
function assertUnchanged(before: InstalledPlugin, { file, hash }: InstalledPlugin): void {
  if (before.hash !== hash)
    throw new InputError(`${file} was edited after this process loaded it: restart the program`);
}

/** A dataset and an experiment of one plugin share a namespace: the key `experiment` of sweep files. */
function assertUniqueExperiments({ file }: InstalledPlugin): void {
  const names = experimentNames();
  const shared = names.find((name, index) => names.indexOf(name) !== index);
  if (shared === undefined) return;
  removePlugin(file);
  throw new InputError(`${file}: two of its parts are named ${shared}: rename one of them`);
}

async function assertNamesAvailable({ name, parts, file }: InstalledPlugin): Promise<void> {
  const check = (kind: string, own: readonly { readonly name: string }[], known: readonly string[]) => {
    const taken = new Set(known);
    for (const part of own) {
      if (taken.has(part.name))
        throw new InputError(`${file}: ${kind}: the name ${part.name} is already taken: choose another one`);
      taken.add(part.name);
    }
  };
  check(
    'name',
    [{ name }],
    installedPlugins().map((other) => other.name),
  );
  const kinds = experimentFamilies().flatMap((family) => Object.entries(family.pluginParts));
  for (const [kind, { takenNames }] of kinds)
    check(kind, parts[kind] ?? [], [
      ...(await takenNames()),
      ...pluginParts<{ readonly name: string }>(kind).map((part) => part.name),
    ]);
}
