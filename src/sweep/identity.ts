import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import type { Task, TaskVersions, TrainingSettings } from './task.js';
import { formatThreshold } from './threshold.js';

/**
 * The task that trains with these settings and versions. Its id is the start of the SHA-256 of their canonical JSON (keys
 * sorted), so neither a path, a clock nor the machine is part of it.
 */
export function identify(settings: TrainingSettings, versions: TaskVersions): Task {
  const decisive: object = { settings, versions };
  const id = hash('sha256', stringify(decisive)).slice(0, 16);
  return { id, name: `${readableName(settings)}-${id}`, settings, versions };
}

/** As `linear-3-12-20-seed2` or `sphere-6-14-13-seed69-e-4-model5`: safe as a file name on every system. */
function readableName(settings: TrainingSettings): string {
  const { experiment, intrinsicDim, ambientDim, latentDim, seed, modelSeed } = settings;
  const parts = [experiment, intrinsicDim, ambientDim, latentDim, `seed${seed}`];
  if (settings.decoderLogVarianceThreshold !== null)
    parts.push(thresholdName(settings.decoderLogVarianceThreshold));
  if (modelSeed !== 0) parts.push(`model${modelSeed}`);
  return parts.join('-');
}

function thresholdName(logVariance: number): string {
  const text = formatThreshold(logVariance);
  return text.startsWith('e^') ? text.replace('^', '') : `var${text}`;
}
