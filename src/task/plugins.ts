interface Named {
  readonly name: string;
}

/** Identifies a plugin that another process has loaded. */
export interface PluginReference {
  /** Absolute path. */
  readonly file: string;
  /** Prefix of the SHA-256 of the file and of the files that it lists. */
  readonly hash: string;
}

/** A plugin that is loaded in this process or thread. */
export interface InstalledPlugin extends Named, PluginReference {
  /** Its parts, by kind, for example `datasets`. */
  readonly parts: Readonly<Record<string, readonly Named[]>>;
}

/** Sorted by name, so that the order on the command line does not matter. */
const installed: InstalledPlugin[] = [];

export function installedPlugins(): readonly InstalledPlugin[] {
  return installed;
}

/** Adds a plugin that the caller has validated. */
export function addPlugin(plugin: InstalledPlugin): void {
  installed.push(plugin);
  installed.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Removes a plugin that turned out to be invalid after it was added. */
export function removePlugin(file: string): void {
  const index = installed.findIndex((plugin) => plugin.file === file);
  if (index >= 0) installed.splice(index, 1);
}

/** Returns the parts of one kind from all plugins. The experiment family that declares the kind has validated them. */
export function pluginParts<Part>(kind: string): Part[] {
  return installed.flatMap(({ parts }) => parts[kind] ?? []) as Part[];
}
