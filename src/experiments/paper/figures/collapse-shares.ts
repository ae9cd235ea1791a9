import type { Cell } from '../../../report/cells.js';
import type { Drawing, FigureDefinition } from '../../../report/figures/figure.js';
import { labelOf } from '../../../report/figures/naming.js';
import { colorScale } from '../../../report/figures/theme.js';
import { experimentOfPart } from '../../../sweep/load.js';
import { cellSettings } from '../../../task/settings.js';
import { isTraining, type TrainingSettings } from '../../vae/settings/task.js';
import { shareOf } from '../tables/collapse-share.js';

/** Fewer tasks than this say little about a probability. */
const MIN_TASKS = 10;
const HEIGHT = 240;
const WIDTH = 480;

function isShown(cell: Cell): cell is Cell<TrainingSettings> {
  const { experiment, varying } = cell.part;
  // Tasks that differ in rounding only are not independent draws.
  const isOfDraws = varying.includes('modelSeed') && !varying.includes('roundingSeed');
  return experiment === 'sphere' && isTraining(cell) && isOfDraws && cell.tasks.length >= MIN_TASKS;
}

/** The share of collapsed tasks in cells with many model seeds. */
export const collapseShares: FigureDefinition<TrainingSettings> = {
  name: 'collapse',
  title: 'Share of sphere tasks that collapse',
  caption: "Shares of the finished tasks of each cell, with Wilson's 95% intervals.",
  kind: 'summary',
  select: (cells) => cells.filter(isShown),
  draw,
};

function draw(cells: readonly Cell<TrainingSettings>[]): Drawing {
  const rows = cells.map((cell) => ({
    dimensions: labelOf(['dimensions'], cell.settings),
    group: groupOf(cell),
    ...shareOf(cell.runs),
  }));
  const groups = [...new Set(rows.map(({ group }) => group))];
  const x = { field: 'dimensions', type: 'ordinal', sort: null, axis: { labelAngle: 0 } } as const;
  const shared = {
    x: { ...x, title: 'intrinsic-ambient-latent dimensions' },
    xOffset: { field: 'group', scale: { domain: groups } },
    color: {
      field: 'group',
      type: 'nominal',
      title: null,
      scale: colorScale(groups),
      legend: { orient: 'bottom' },
    },
  } as const;
  const y = {
    type: 'quantitative' as const,
    scale: { domain: [0, 1] },
    title: 'share of collapsed tasks',
  };
  return {
    rows,
    panels: [
      [
        {
          width: WIDTH,
          height: HEIGHT,
          layer: [
            { mark: 'rule', encoding: { ...shared, y: { ...y, field: 'low' }, y2: { field: 'high' } } },
            {
              mark: { type: 'point', filled: true, size: 50, opacity: 1 },
              encoding: { ...shared, y: { ...y, field: 'share' } },
            },
          ],
        },
      ],
    ],
    notes: [],
  };
}

/** Returns what distinguishes a cell from others with the same dimensions, for example `decoderNoise true`. */
function groupOf({ part, settings }: Cell<TrainingSettings>): string {
  const names = cellSettings(experimentOfPart(part), part.varying).filter((name) => name !== 'dimensions');
  return labelOf(names, settings) || 'all tasks';
}
