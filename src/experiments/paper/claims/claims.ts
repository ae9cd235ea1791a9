import { finalNumber, series } from '../../../report/runs.js';
import type { TrainingRun, TrainingRuns } from '../../vae/runs.js';
import { isPaperExperiment } from '../../vae/settings/training-data.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { judge, type Claim, type Finding, type Verdict } from './claim.js';

/** Far below the 0.3 to 0.7 that the paper prints, and above the error of 1,000 points of the true distribution. */
const CLOSE_EIGENVALUE_ERROR = 0.1;
/** The variance starts at e^-1 or e^-3. A task that uses no latents ends at about 1/d, above 0.04. */
const VANISHED_VARIANCE = 0.01;
const VANISHED_PADDING = 0.01;
/** Without clipping the loss falls by several nats. The noise of an evaluation is about 0.1. */
const STEADY_LOSS_NATS = 0.5;

const isClipped = ({ decoderLogVarianceThreshold }: TrainingSettings) => decoderLogVarianceThreshold !== null;
const isClippedAtMinus4 = ({ decoderLogVarianceThreshold }: TrainingSettings) =>
  decoderLogVarianceThreshold === -4;

/** The claims in the text of the paper, in its order. To add a claim, add an entry here. */
const claims: readonly Claim[] = [
  {
    name: 'zeros-at-least-intrinsic',
    statement: 'The encoder variance has at least as many zeros as the intrinsic dimension, everywhere.',
    source: 'Section 6, Tables 1 to 3',
    test: 'unclipped: number of entries D_ii < 0.1 minus the intrinsic dimension is at least 0',
    appliesTo: (settings) => !isClipped(settings),
    check: (run) => {
      const excess = numberAt(run, 'encoderZeros') - run.task.settings.intrinsicDim;
      return { holds: excess >= 0, value: excess };
    },
  },
  {
    name: 'linear-rows',
    statement: 'Linear VAEs find the support: exactly the right number of decoder rows is nonzero.',
    source: 'Section 6, Table 1',
    test: 'linear: number of decoder rows with a norm above 1% of the largest minus the intrinsic dimension is 0',
    appliesTo: ({ experiment }) => experiment === 'linear',
    check: (run) => exactly(numberAt(run, 'nonzeroDecoderRows') - run.task.settings.intrinsicDim, 0),
  },
  {
    name: 'linear-density',
    statement: 'Linear VAEs do not recover the density: the eigenvalues of the covariance stay far off.',
    source: 'Section 6, Table 1',
    test: `linear: normalized eigenvalue error above ${CLOSE_EIGENVALUE_ERROR}`,
    appliesTo: ({ experiment }) => experiment === 'linear',
    check: (run) => above(numberAt(run, 'eigenvalueError'), CLOSE_EIGENVALUE_ERROR),
  },
  {
    name: 'variance-vanishes',
    statement: 'The decoder variance goes to zero.',
    source: 'Section 6, Figures 2 and 3',
    test: `unclipped: decoder variance at the end below ${VANISHED_VARIANCE}`,
    appliesTo: (settings) => !isClipped(settings),
    check: (run) => below(numberAt(run, 'decoderVariance'), VANISHED_VARIANCE),
  },
  {
    name: 'padding-vanishes',
    statement: 'The padding error goes to zero: the model learns that the padded coordinates are zero.',
    source: 'Section 6',
    test: `unclipped, with padding: padding error at the end below ${VANISHED_PADDING}`,
    appliesTo: (settings) => !isClipped(settings) && hasPadding(settings),
    check: (run) => below(numberAt(run, 'paddingError'), VANISHED_PADDING),
  },
  {
    name: 'variances-separated',
    statement: 'The encoder variances are well separated: below 0.1 or above 0.5.',
    source: 'Section 6',
    test: 'unclipped: number of entries D_ii from 0.1 to 0.5 is 0',
    appliesTo: (settings) => !isClipped(settings),
    check: (run) => exactly(numberAt(run, 'encoderBetween'), 0),
  },
  {
    name: 'clipped-sigmoid-zeros',
    statement: 'Clipped at e^-4, sigmoid runs have exactly as many zeros as the intrinsic dimension.',
    source: 'Appendix D, Table 4',
    test: 'sigmoid at e^-4: number of entries D_ii < 0.1 minus the intrinsic dimension is 0',
    appliesTo: (settings) => settings.experiment === 'sigmoid' && isClippedAtMinus4(settings),
    check: (run) => exactly(numberAt(run, 'encoderZeros') - run.task.settings.intrinsicDim, 0),
  },
  {
    name: 'clipped-sphere-small',
    statement: 'Clipped at e^-4, sphere runs have one more small entry than the intrinsic dimension.',
    source: 'Appendix D, Table 5',
    test: 'sphere at e^-4: number of entries D_ii < 0.5 minus the intrinsic dimension is 1',
    appliesTo: (settings) => settings.experiment === 'sphere' && isClippedAtMinus4(settings),
    check: (run) => exactly(numberAt(run, 'encoderSmall') - run.task.settings.intrinsicDim, 1),
  },
  {
    name: 'clipped-loss-steady',
    statement: 'With a clipped decoder variance the loss stops falling.',
    source: 'Appendix D, Figures 5 and 6',
    test: `clipped: mean loss of the third quarter of training minus that of the last quarter is below ${STEADY_LOSS_NATS} nats`,
    appliesTo: isClipped,
    check: (run) => below(lateFallNats(run), STEADY_LOSS_NATS),
  },
];

/** Returns the verdicts on the claims for which the sweep has tasks. */
export function judgeClaims(parts: readonly TrainingRuns[]): Verdict[] {
  const paperParts = parts.filter(({ part }) => isPaperExperiment(part.experiment));
  return claims.flatMap((claim) => judge(claim, paperParts) ?? []);
}

function hasPadding({ experiment, intrinsicDim, ambientDim }: TrainingSettings): boolean {
  return ambientDim > (experiment === 'linear' ? intrinsicDim : intrinsicDim + 1);
}

/** Returns how far the mean loss fell from the third to the last quarter of training, in nats. */
function lateFallNats(run: TrainingRun): number {
  const { steps } = run.task.settings;
  const losses = series(run, 'loss');
  const meanOver = (from: number, to: number) => {
    const part = losses.filter(({ step }) => step > from * steps && step <= to * steps);
    return part.reduce((sum, { value }) => sum + value, 0) / part.length;
  };
  return meanOver(0.5, 0.75) - meanOver(0.75, 1);
}

function numberAt(run: TrainingRun, metric: string): number {
  return finalNumber(run, metric) ?? NaN;
}

function below(value: number, threshold: number): Finding {
  return { holds: value < threshold, value };
}

function above(value: number, threshold: number): Finding {
  return { holds: value > threshold, value };
}

function exactly(value: number, expected: number): Finding {
  return { holds: value === expected, value };
}
