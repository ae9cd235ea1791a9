import { groupBy } from '../../../report/group-by.js';
import { formatNumber } from '../../../report/tables/format.js';
import type { TrainingRun } from '../../vae/runs.js';
import { collapseMap } from './heat-map.js';
import { DISTANCE_TO_COLLAPSE } from '../../vae/collapse.js';
import { NOTHING_TO_COMPARE, type Hypothesis, type TrainingCell } from './hypothesis.js';
import { byLevel, levelsOf, type Factor } from './levels.js';
import { countText, shareOf, shareOfCells } from '../tables/collapse-share.js';
import { decide, DECISION, signTest, type SignTest } from './sign-test.js';

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
    'for most model seeds, the share of collapsed tasks, over all other settings, is larger with the most hidden layers than with the ' +
    'fewest, and by more than it differs between any two widths or any two batch sizes. One model seed counts once in each test, with the ' +
    `mean over its tasks, because tasks with the same initial weights are not independent. ${DECISION}`,
  examines: ({ varying, experiment }) =>
    experiment === 'sphere' && varying.includes('hiddenWidths') && varying.includes('batchSize'),
  minDistance: DISTANCE_TO_COLLAPSE,
  metrics: ['loss', 'decoderVariance', 'manifoldError'],
  judge: (cells) => {
    const shares = [depth, width, batch].map((factor) => textOf(cells, factor)).join('. ');
    const depths = levelsOf(cells, depth);
    const deeper: Gap = { factor: depth, low: Math.min(...depths), high: Math.max(...depths) };
    const others = [width, batch].map((factor) => gapsOf(cells, factor));
    if (depths.length < 2 || others.some((gaps) => gaps.length === 0))
      return { verdict: NOTHING_TO_COMPARE, detail: shares };
    const bySeed = groupBy(
      cells.flatMap(({ runs }) => runs),
      ({ task }) => String(task.settings.modelSeed),
    );
    const testOf = (excess: (runs: readonly TrainingRun[]) => number) =>
      // Rounded, so that equal fractions are ties. Negative means that the hypothesis is right for this seed.
      signTest([...bySeed.values()].map((runs) => -Number(excess(runs).toFixed(9))));
    const rises = testOf((runs) => sizeOf(runs, deeper));
    const exceeds = others.map((gaps) =>
      gaps.map((gap) => testOf((runs) => sizeOf(runs, deeper) - sizeOf(runs, gap))),
    );
    const [overWidth, overBatch] = exceeds.map((tests) => seedsText(weakest(tests)));
    return {
      verdict: decide([rises, ...exceeds.flat()]),
      detail:
        `${shares}. More tasks collapse with ${deeper.high} hidden layers than with ${deeper.low} for ${seedsText(rises)}, by more than ` +
        `between any two widths for at least ${overWidth} and between any two batch sizes for at least ${overBatch}`,
    };
  },
  figure: {
    title: 'Collapse by width, depth and batch size',
    caption: 'Colors and numbers show how many of the finished tasks collapsed.',
  },
  draw: (cells) => collapseMap(cells, { x: width, y: depth, panel: batch }),
};

/** Two levels of a factor. */
interface Gap {
  readonly factor: Factor<number>;
  readonly low: number;
  readonly high: number;
}

/** Returns all pairs of levels, in both orders. */
function gapsOf(cells: readonly TrainingCell[], factor: Factor<number>): Gap[] {
  const levels = levelsOf(cells, factor);
  return levels.flatMap((low) =>
    levels.filter((high) => high !== low).map((high) => ({ factor, low, high })),
  );
}

/** Returns how much larger the share of collapsed tasks is at one level than at the other; NaN without tasks at either. */
function sizeOf(runs: readonly TrainingRun[], { factor, low, high }: Gap): number {
  const shareAt = (level: number) =>
    shareOf(runs.filter(({ task }) => factor.levelOf(task.settings) === level)).share;
  return shareAt(high) - shareAt(low);
}

/** Returns the test that supports the hypothesis least. */
function weakest(tests: readonly SignTest[]): SignTest | undefined {
  return tests.toSorted((a, b) => a.negative - a.positive - (b.negative - b.positive))[0];
}

/** Returns, for example, `9 of 10 model seeds (p = 0.0215)`. */
function seedsText(test: SignTest | undefined): string {
  return `${test?.negative ?? 0} of ${test?.count ?? 0} model seeds (p = ${formatNumber(test?.pValue ?? null)})`;
}

function textOf(cells: readonly TrainingCell[], factor: Factor<number>): string {
  const texts = byLevel(cells, factor).map(
    ({ level, cells }) => `${countText(shareOfCells(cells))} with ${level}`,
  );
  return `Collapsed by ${factor.title}: ${texts.join(', ')}`;
}
