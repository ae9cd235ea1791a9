interface Named {
  readonly name: string;
}

/** Names a plugin as another process has loaded it. */
export interface PluginReference {
  /** Absolute. */
  readonly file: string;
  /** Start of the SHA-256 of the file and of the files that it lists. */
  readonly hash: string;
}

/** A plugin of this process or thread. */
export interface InstalledPlugin extends Named, PluginReference {
  /** What it adds, by the name of the kind of part, such as `datasets`. */
  readonly parts: Readonly<Record<string, readonly Named[]>>;
}

/** In the order of their names, so that the order on the command line decides nothing. */
const installed: InstalledPlugin[] = [];

export function installedPlugins(): readonly InstalledPlugin[] {
  return installed;
}

/** The caller has checked it. */
export function addPlugin(plugin: InstalledPlugin): void {
  installed.push(plugin);
  installed.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Takes back a plugin that was refused after all. */
export function removePlugin(file: string): void {
  const index = installed.findIndex((plugin) => plugin.file === file);
  if (index >= 0) installed.splice(index, 1);
}

/** What all plugins have of one kind of part; the family that declares the kind has checked it. */
export function pluginParts<Part>(kind: string): Part[] {
  return installed.flatMap(({ parts }) => parts[kind] ?? []) as Part[];
}
