import { foldIn, key, normal, tf, uniform } from '../../compiler/index.js';
import type { EngineChoice } from '../../compiler/engine.js';
import type { LogColumn } from '../../task/column.js';
import type { TrainedSettings, Training, TrainingDefinition } from '../../forms/training/definition.js';
import { trainingWorker } from '../../forms/training/worker.js';
import type { UserSettings, UserTrainingExperiment } from './definition.js';
import { definitionOf } from './installed-experiments.js';
import { trainingColumns } from './details.js';
import type { TrainingExperiment, UserTraining } from './training.js';

type Own = TrainedSettings & UserSettings;

/** The trainings by the name of their experiment. */
const built = new Map<string, UserTraining>();

function trainingOf(settings: Own): UserTraining {
  const experiment = definitionOf(settings) as TrainingExperiment;
  const own = built.get(experiment.name) ?? experiment.training({ tf, key, foldIn, normal, uniform });
  built.set(experiment.name, own);
  return own;
}

const definition: TrainingDefinition<Own> = {
  columns: (settings) => trainingColumns(definitionOf(settings) as UserTrainingExperiment),
  programKey: (settings) => {
    const { experiment, engine } = settings;
    return JSON.stringify([experiment, engine, trainingOf(settings).programKey(settings)]);
  },
  program: (settings, makeLoop) => ({
    ...trainingOf(settings).program(settings, makeLoop),
    engine: settings['engine'] as EngineChoice,
  }),
  begin: (program, settings) => {
    const training = trainingOf(settings).begin(program, settings);
    const names = trainingColumns(definitionOf(settings) as UserTrainingExperiment).evaluations;
    return Object.assign(training, { evaluate: checked(training.evaluate.bind(training), names) });
  },
};

/** Wraps `evaluate` with a check that its row has exactly the declared columns. */
function checked(evaluate: Training['evaluate'], columns: readonly LogColumn[]): Training['evaluate'] {
  const expected = columns.slice(1).map(({ name }) => name);
  return (...parameters) => {
    const evaluation = evaluate(...parameters);
    const found = Object.keys(evaluation.row);
    if (found.toSorted().join() !== expected.toSorted().join())
      throw new Error(
        `Expected \`evaluate\` to return the declared columns ${expected.join(', ')}, got ${found.join(', ')}.`,
      );
    return evaluation;
  };
}

/** Trains the tasks of a plugin's experiment. */
export const { run, warmUp } = trainingWorker(definition);
