import type { TrainingSettings } from '../../settings/task.js';
import type { Model } from '../../model/model.js';
import { foldInStreams } from './fold-in.js';
import { releasedStreams } from './released-code.js';
import type { RandomStreams } from './streams.js';

type Factory = (model: Model, settings: TrainingSettings) => RandomStreams;

/** The factory of each kind of random streams, by the value of the setting `randomStreams`. */
const FACTORIES: Readonly<Record<'fold-in' | 'released-code', Factory>> = {
  'fold-in': foldInStreams,
  'released-code': releasedStreams,
};

/** Returns the random streams that the settings select. */
export function randomStreams(model: Model, settings: TrainingSettings): RandomStreams {
  return FACTORIES[settings.randomStreams ?? 'fold-in'](model, settings);
}
