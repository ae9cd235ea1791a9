/** Everything that decides the numbers of a task, with defaults filled in, as `task.json` has it. */
export interface Settings {
  /** What the task does, where its experiment shares the settings with others; else the experiment's name. */
  readonly kind: string;
}

/** Versions that decide the bits, by what they are of. */
export interface Versions {
  readonly [name: string]: string | number | Readonly<Record<string, string>>;
}

/** @throws if one of them is not installed */
export function chooseVersions(installed: Versions, names: readonly string[]): Versions {
  const chosen = names.map((name) => {
    const version = installed[name];
    if (version === undefined) throw new Error(`The version of ${name} is unknown.`);
    return [name, version] as const;
  });
  return Object.fromEntries(chosen);
}

/** One run of a sweep: its settings and the identity made of them. */
export interface Task<Own extends Settings = Settings> {
  /** Hash of the settings and of the versions that decide the bits. 16 hexadecimal digits. */
  readonly id: string;
  /** Folder name under `out/tasks`: readable settings, then the id. */
  readonly name: string;
  readonly settings: Own;
  readonly versions: Versions;
}
