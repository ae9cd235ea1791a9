import { foldIn, key, normal, tf, uniform } from '../../compiler/index.js';
import type { TrainedSettings, TrainingDefinition } from '../../forms/training/definition.js';
import { trainingWorker } from '../../forms/training/worker.js';
import type { UserSettings, UserTrainingExperiment } from './definition.js';
import { definitionOf } from './definitions.js';
import { trainingColumns } from './details.js';
import type { TrainingExperiment, UserTraining } from './training.js';

type Own = TrainedSettings & UserSettings;

/** By experiment. */
const built = new Map<string, UserTraining>();

function trainingOf(settings: Own): UserTraining {
  const { name, training } = definitionOf(settings) as TrainingExperiment;
  const own = built.get(name) ?? training({ tf, key, foldIn, normal, uniform });
  built.set(name, own);
  return own;
}

const definition: TrainingDefinition<Own> = {
  columns: (settings) => trainingColumns(definitionOf(settings) as UserTrainingExperiment),
  programKey: (settings) => `${String(settings['experiment'])} ${trainingOf(settings).programKey(settings)}`,
  program: (settings, makeLoop) => trainingOf(settings).program(settings, makeLoop),
  begin: (program, settings) => trainingOf(settings).begin(program, settings),
};

/** Trains an experiment of a plugin. */
export const { run, warmUp } = trainingWorker(definition);
