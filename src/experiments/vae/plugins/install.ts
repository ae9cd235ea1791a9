import { InputError } from '../../../errors.js';
import { installedPlugins, installPlugin, type InstalledPlugin } from '../../../task/user-modules.js';
import { experimentNames } from '../../../task/registry.js';
import { storedSettingNames } from '../family.js';

/** What tells tasks apart in exports, beside their settings. */
const EXPORTED = ['task', 'name', 'state'];

interface Named {
  readonly name: string;
}

/** Loads plugins into this process, once each; its workers load them too. */
export async function installPlugins(files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const { loadPlugin } = await import('./load.js');
  const { builtInColumns } = await import('../metrics/columns.js');
  for (const file of files) {
    const loaded = await loadPlugin(file);
    const before = installedPlugins().find((other) => other.file === loaded.file);
    if (before === undefined) {
      refuseTaken(loaded, [...builtInColumns(), ...storedSettingNames, ...EXPORTED]);
      installPlugin(loaded);
    } else refuseEdited(before, loaded);
  }
}

/** It is loaded already, and can't be loaded again; a worker would load the new one. */
function refuseEdited(before: InstalledPlugin, { file, hash }: InstalledPlugin): void {
  if (before.hash !== hash)
    throw new InputError(`${file} was edited since this process has loaded it: start the program anew`);
}

function refuseTaken({ plugin, file }: InstalledPlugin, columns: readonly string[]): void {
  const others = installedPlugins().map((installed) => installed.plugin);
  const refuse = (kind: string, own: readonly Named[] = [], known: readonly (Named | string)[] = []) => {
    const names = known.map((one) => (typeof one === 'string' ? one : one.name));
    for (const { name } of own) {
      if (names.includes(name))
        throw new InputError(`--plugin ${file}: ${kind}: ${name} is there already: choose another name`);
      names.push(name);
    }
  };
  refuse('name', [plugin], others);
  refuse('datasets', plugin.datasets, experimentNames());
  refuse('metrics', plugin.metrics, [...columns, ...others.flatMap((other) => other.metrics ?? [])]);
  refuse(
    'reports',
    plugin.reports,
    others.flatMap((other) => other.reports ?? []),
  );
}
