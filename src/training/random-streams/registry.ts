import type { TrainingSettings } from '../../sweep/task.js';
import type { Model } from '../../vae/model.js';
import { foldInStreams } from './fold-in.js';
import { releasedStreams } from './released-code.js';
import type { RandomStreams } from './streams.js';

/** The random streams that the settings ask for. */
export function randomStreams(model: Model, settings: TrainingSettings): RandomStreams {
  return settings.randomStreams === 'released-code'
    ? releasedStreams(model, settings)
    : foldInStreams(model, settings);
}
