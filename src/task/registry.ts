import type { Experiment, ExperimentDetails, ExperimentFamily } from './experiment.js';
import type { Settings, Task, Versions } from './task.js';

/** Set once by each entry point, before anything looks up an experiment. */
let families: readonly ExperimentFamily[] = [];

export function registerExperiments(all: readonly ExperimentFamily[]): void {
  families = all;
}

export function experimentFamilies(): readonly ExperimentFamily[] {
  return families;
}

/** Returns the names of all experiments, for `experiment` in sweep files. */
export function experimentNames(): readonly string[] {
  return families.flatMap((family) => family.names());
}

/** Returns an experiment by name. @param name one of `experimentNames` */
export function experimentNamed(name: string): Experiment {
  const family = families.find((each) => each.names().includes(name));
  if (family === undefined) throw new Error(`There is no experiment ${name}.`);
  return family.named(name);
}

export function experimentOf(settings: Settings): Experiment {
  return familyOf(settings).of(settings);
}

function familyOf({ kind }: Settings): ExperimentFamily {
  const family = families.find((each) => each.kinds.includes(kind));
  if (family === undefined) throw new Error(`There is no experiment with tasks of kind ${kind}.`);
  return family;
}

/** Loads the columns that the experiments of these tasks log. It imports modules that planning does not need. */
export async function loadDetails(tasks: readonly Task[]): Promise<(task: Task) => ExperimentDetails> {
  const details = new Map<Experiment, ExperimentDetails>();
  for (const { settings } of tasks) {
    const experiment = experimentOf(settings);
    if (!details.has(experiment)) details.set(experiment, await experiment.details());
  }
  return ({ settings }) => details.get(experimentOf(settings)) as ExperimentDetails;
}

/** Returns all installed versions that influence results. */
export function installedVersions(): Versions {
  return Object.assign({}, ...families.map((family) => family.installed())) as Versions;
}

/** Describes a task's versions that differ from the installed ones, for example `TensorFlow 2.20.0`. Default: all its versions. */
export function describeVersions({ settings, versions }: Task, installed: Versions = {}): string[] {
  return Object.entries(familyOf(settings).versionLabels).flatMap(([name, label]) => {
    const version = versions[name];
    if (version === undefined || version === installed[name] || typeof version === 'object') return [];
    return [`${label} ${version}`];
  });
}
