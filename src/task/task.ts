/** All settings that influence a task's results, with defaults filled in, as stored in `task.json`. */
export interface Settings {
  /** Kind of task. Experiments with the same schema of settings may share a kind; otherwise it is the experiment's name. */
  readonly kind: string;
}

/** Versions that influence results, by component. */
export interface Versions {
  readonly [name: string]: string | number | Readonly<Record<string, string>>;
}

/** Selects versions by name. @throws an Error if one of them is not installed */
export function chooseVersions(installed: Versions, names: readonly string[]): Versions {
  const chosen = names.map((name) => {
    const version = installed[name];
    if (version === undefined) throw new Error(`The version of ${name} is unknown.`);
    return [name, version] as const;
  });
  return Object.fromEntries(chosen);
}

/** One training run or computation with fixed settings. */
export interface Task<Own extends Settings = Settings> {
  /** Hash of the settings and of the versions that influence the results: 16 hexadecimal digits. */
  readonly id: string;
  /** Name of the folder in `out/tasks`: readable settings, then the id. */
  readonly name: string;
  /** The settings, with defaults filled in. */
  readonly settings: Own;
  /** The versions that influence the results. */
  readonly versions: Versions;
}
