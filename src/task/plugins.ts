import { InputError } from '../errors.js';
import type { InstalledPlugin } from './load-plugin.js';
import { experimentFamilies, experimentNames } from './registry.js';

interface Named {
  readonly name: string;
}

/** In the order of their names, so that the order on the command line decides nothing. */
const installed: InstalledPlugin[] = [];

export function installedPlugins(): readonly InstalledPlugin[] {
  return installed;
}

/** What all plugins have of one kind of part; the family that declares the kind has checked it. */
export function pluginParts<Part>(kind: string): Part[] {
  return installed.flatMap(({ parts }) => parts[kind] ?? []) as Part[];
}

/**
 * Loads plugins into this process or thread, once each, before anything asks for an experiment. They run with all of its rights: only a
 * user's own word, `--plugin`, may name one, never a sweep file or a queue.
 */
export async function installPlugins(files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const { loadPlugin } = await import('./load-plugin.js');
  for (const file of files) {
    const loaded = await loadPlugin(file);
    const before = installed.find((other) => other.file === loaded.file);
    if (before === undefined) {
      await refuseTakenNames(loaded);
      installed.push(loaded);
      refuseSharedNames(loaded);
      installed.sort((a, b) => (a.name < b.name ? -1 : 1));
    } else refuseEdited(before, loaded);
  }
}

/** It is loaded already, and can't be loaded again; a worker would load the new one. */
function refuseEdited(before: InstalledPlugin, { file, hash }: InstalledPlugin): void {
  if (before.hash !== hash)
    throw new InputError(`${file} was edited since this process has loaded it: start the program anew`);
}

/** A dataset and an experiment of one plugin are both named by a sweep file's `experiment`. */
function refuseSharedNames({ file }: InstalledPlugin): void {
  const names = experimentNames();
  const shared = names.find((name, index) => names.indexOf(name) !== index);
  if (shared !== undefined)
    throw new InputError(`--plugin ${file}: ${shared} is the name of two of its parts: choose another name`);
}

async function refuseTakenNames({ name, parts, file }: InstalledPlugin): Promise<void> {
  const refuse = (kind: string, own: readonly Named[], known: readonly string[]) => {
    const taken = new Set(known);
    for (const part of own) {
      if (taken.has(part.name))
        throw new InputError(`--plugin ${file}: ${kind}: ${part.name} is there already: choose another name`);
      taken.add(part.name);
    }
  };
  refuse(
    'name',
    [{ name }],
    installed.map((other) => other.name),
  );
  const kinds = experimentFamilies().flatMap((family) => Object.entries(family.pluginParts));
  for (const [kind, { takenNames }] of kinds)
    refuse(kind, parts[kind] ?? [], [
      ...(await takenNames()),
      ...pluginParts<Named>(kind).map((part) => part.name),
    ]);
}
