import { z } from 'zod';
import { installedTensorFlow } from '../../store/installation.js';
import type { Experiment, ExperimentFamily } from '../../task/experiment.js';
import { definitions, findDefinition } from './installed-experiments.js';
import { toExperiment, withoutPlugin } from './experiment.js';
import { experimentPart, storedSettings } from './schema.js';
import { settingsOf } from './settings.js';

/** Part of the identity of every plugin task that trains. Increase it by hand with every change that alters a bit of any result. */
const LOOPS_VERSION = 1;

const built = new Map<string, Experiment>();

function cached(key: string, make: () => Experiment): Experiment {
  const experiment = built.get(key) ?? make();
  built.set(key, experiment);
  return experiment;
}

/** The experiments of plugins. */
export const userFamily: ExperimentFamily = {
  kinds: ['training', 'function', 'command'],
  summary: 'run an experiment of a plugin',
  names: () => definitions().map(({ name }) => name),
  named: (name) => {
    const definition = findDefinition(name);
    if (definition === null) throw new Error(`No installed plugin defines the experiment ${name}.`);
    return cached(name, () => toExperiment(definition));
  },
  of: (settings) => {
    const { kind, experiment } = settings as z.output<typeof storedSettings>;
    const definition = findDefinition(experiment);
    // A task of an earlier version of the plugin can lack settings. Treat it as if the plugin were not installed.
    const isKnown =
      definition?.form === kind &&
      Object.keys(settingsOf(definition)).every((name) => Object.hasOwn(settings, name));
    if (isKnown) return userFamily.named(experiment);
    return cached(`${kind} ${experiment}`, () => withoutPlugin(experiment, kind));
  },
  reference: () => userFamily.names().map((name) => ({ names: [name], widest: name })),
  settings: storedSettings,
  versions: z.object({
    tensorflow: z.string().exactOptional(),
    loops: z.int().min(0).exactOptional(),
    plugins: z.record(z.string().max(32), z.string().max(64)),
  }),
  installed: () => ({ tensorflow: installedTensorFlow().version, loops: LOOPS_VERSION }),
  pluginParts: { experiments: experimentPart },
  versionLabels: { tensorflow: 'TensorFlow', loops: 'version of training loops' },
};
