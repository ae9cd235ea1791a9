import { collapseMap } from './heat-map.js';
import { DISTANCE_TO_COLLAPSE, type Hypothesis, type TrainingCell } from './hypothesis.js';
import { byLevel, type Factor } from './levels.js';
import { countText, isClearlyBelow, shareOfCells } from './shares.js';

const depth: Factor<number> = { title: 'hidden layers', levelOf: ({ hiddenWidths }) => hiddenWidths.length };
const width: Factor<number> = {
  title: 'units per hidden layer',
  levelOf: ({ hiddenWidths }) => Math.max(0, ...hiddenWidths),
};
const batch: Factor<number> = { title: 'batch size', levelOf: ({ batchSize }) => batchSize };

/** Collapse by the size of the networks and of the batch. */
export const widthDepthBatch: Hypothesis = {
  name: 'width-depth-batch',
  statement: 'Depth decides how often a sphere task collapses, more than width and batch size',
  short: 'Width, depth, batch',
  background:
    "Initial weights that are LeCun normal halve the mean square of a ReLU layer's input, so that in a deep decoder the output " +
    'hardly depends on the latents at first. If that causes the collapse, depth should matter more than width and than the noise of ' +
    'the gradient, which the batch size sets. The paper has three hidden layers of 200 units and batches of 100 points.',
  test:
    'the share of collapsed tasks, over all other settings, is smallest with the fewest hidden layers and largest with the most, ' +
    "Wilson's 95% intervals of these two do not overlap, and they differ by more than the shares of any two widths or batch sizes",
  examines: ({ varying, experiment }) =>
    experiment === 'sphere' && varying.includes('hiddenWidths') && varying.includes('batchSize'),
  minDistance: DISTANCE_TO_COLLAPSE,
  metrics: ['loss', 'decoderVariance', 'manifoldError'],
  judge: (cells) => {
    const [byDepth, byWidth, byBatch] = [depth, width, batch].map((factor) => sharesOf(cells, factor));
    const [shallow, deep] = [byDepth?.shares.at(0)?.share, byDepth?.shares.at(-1)?.share];
    const isDepth =
      shallow !== undefined &&
      deep !== undefined &&
      isClearlyBelow(shallow, deep) &&
      deep.share - shallow.share === byDepth?.spread;
    const others = [byWidth, byBatch].map((factor) => factor?.spread ?? NaN);
    return {
      holds: isDepth && others.every((spread) => spread < deep.share - shallow.share),
      detail: [byDepth, byWidth, byBatch].map((factor) => factor?.text).join('. '),
    };
  },
  figure: {
    title: 'Collapse by width, depth and batch size',
    caption: 'Colors and numbers show how many of the finished tasks collapsed.',
  },
  draw: (cells) => collapseMap(cells, { x: width, y: depth, panel: batch }),
};

/** Returns the shares of the levels of one factor, and how far the largest and the smallest are apart. */
function sharesOf(cells: readonly TrainingCell[], factor: Factor<number>) {
  const shares = byLevel(cells, factor)
    .map(({ level, cells }) => ({ level, share: shareOfCells(cells) }))
    .filter(({ share }) => share.finished > 0);
  const values = shares.map(({ share }) => share.share);
  const texts = shares.map(({ level, share }) => `${countText(share)} with ${level}`);
  return {
    shares,
    spread: Math.max(...values) - Math.min(...values),
    text: `Collapsed by ${factor.title}: ${texts.join(', ')}`,
  };
}
