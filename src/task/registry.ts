import type { Experiment, ExperimentDetails, ExperimentFamily } from './experiment.js';
import type { Settings, Task, Versions } from './task.js';

/** Set once by each entry, before anything asks for an experiment. */
let families: readonly ExperimentFamily[] = [];

export function registerExperiments(all: readonly ExperimentFamily[]): void {
  families = all;
}

export function experimentFamilies(): readonly ExperimentFamily[] {
  return families;
}

/** What a sweep file may name as its experiment. */
export function experimentNames(): readonly string[] {
  return families.flatMap((family) => family.names());
}

/** @param name one of `experimentNames` */
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

/** What the experiments of these tasks log. Loads what planning does not need. */
export async function loadDetails(tasks: readonly Task[]): Promise<(task: Task) => ExperimentDetails> {
  const details = new Map<Experiment, ExperimentDetails>();
  for (const { settings } of tasks) {
    const experiment = experimentOf(settings);
    if (!details.has(experiment)) details.set(experiment, await experiment.details());
  }
  return ({ settings }) => details.get(experimentOf(settings)) as ExperimentDetails;
}

/** All versions that decide the bits of what would be made here. */
export function installedVersions(): Versions {
  return Object.assign({}, ...families.map((family) => family.installed())) as Versions;
}

/** The versions that a task was made with and that are not the installed ones, as `TensorFlow 2.20.0`. Default: all of them. */
export function describeVersions({ settings, versions }: Task, installed: Versions = {}): string[] {
  return Object.entries(familyOf(settings).versionWords).flatMap(([name, words]) => {
    const version = versions[name];
    if (version === undefined || version === installed[name] || typeof version === 'object') return [];
    return [`${words} ${version}`];
  });
}
