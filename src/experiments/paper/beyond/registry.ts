import { annealedThreshold } from './annealed-threshold.js';
import type { Hypothesis } from './hypothesis.js';
import { optimalVariance } from './optimal-variance.js';
import { phaseDiagram } from './phase-diagram.js';
import { widthDepthBatch } from './width-depth-batch.js';

/** The hypotheses beyond the paper. To add one, add a file and a line here. */
export const hypotheses: readonly Hypothesis[] = [
  phaseDiagram,
  optimalVariance,
  widthDepthBatch,
  annealedThreshold,
];
