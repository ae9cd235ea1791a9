import { max, min } from 'simple-statistics';
import { readPoints } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import type { Cell } from '../../../report/cells.js';
import type { Drawing, FigureDefinition, FigureRow, Panel } from '../../../report/figures/figure.js';
import { cellLabel, panelTitle } from '../../../report/figures/naming.js';
import { formatNumber } from '../../../report/tables/format.js';
import { COLORS, panelWidth } from '../../../report/figures/theme.js';

const HEIGHT = 200;
const MAX_BINS = 60;
/** Norm of the true points. */
const RADIUS = 1;
/** The last bin of the authors' plot ends here. */
const RELEASED_END = 1.2;

type Definition = FigureDefinition<TrainingSettings>;

/** Which coordinates of a generated point its norm is taken of. */
type Reading = 'text' | 'released code';

/**
 * Returns histograms of the norms of the generated points, with two panels per cell: of the coordinates that are not padding, as the text
 * says, and of all coordinates up to 1.2, as the released code plots them.
 */
export function histogram(about: Pick<Definition, 'name' | 'title' | 'select'>): Definition {
  return {
    ...about,
    caption:
      'Norm of the generated points. Left: in the coordinates that are not padding, as the text says. Right: in all coordinates, in ' +
      `bins up to ${RELEASED_END}, as the authors’ released code plots it. All true points have norm 1 (dashed).`,
    kind: 'points',
    draw,
  };
}

function draw(cells: readonly Cell<TrainingSettings>[]): Drawing {
  const rows = cells.flatMap((cell) => normRows(cell, cellLabel(cells, cell)));
  const norms = rows.filter(({ reading }) => reading === 'text').map(({ norm }) => norm);
  const extent: [number, number] = [Math.min(RADIUS, min(norms)), Math.max(RADIUS, max(norms))];
  const width = panelWidth(2);
  return {
    rows,
    panels: cells.map((cell) => {
      const about = { name: cellLabel(cells, cell), width };
      return [
        panel({ ...about, reading: 'text', title: panelTitle(cells, cell), extent }),
        panel({ ...about, reading: 'released code', title: 'all coordinates', extent: [0, RELEASED_END] }),
      ];
    }),
    axes: 'shared',
    notes: cells.flatMap((cell) => notesOf(cell, cellLabel(cells, cell), rows)),
  };
}

interface NormRow extends FigureRow {
  readonly panel: string;
  readonly reading: Reading;
  readonly norm: number;
}

function normRows({ runs: [run], settings }: Cell<TrainingSettings>, panel: string): NormRow[] {
  if (run === undefined) return [];
  const coordinates = settings.intrinsicDim + 1;
  return readPoints(run).generated.flatMap((point): NormRow[] => [
    { panel, reading: 'text', norm: Math.hypot(...point.slice(0, coordinates)) },
    { panel, reading: 'released code', norm: Math.hypot(...point) },
  ]);
}

/** Says what the noise in the padded coordinates adds with clipping, and how many points the bins of the released code leave out. */
function notesOf({ settings }: Cell<TrainingSettings>, name: string, rows: readonly NormRow[]): string[] {
  const { ambientDim, intrinsicDim, decoderLogVarianceThreshold: threshold } = settings;
  const padded = ambientDim - intrinsicDim - 1;
  const noise =
    threshold === null || padded <= 0
      ? []
      : [
          `${name}: the noise in the ${padded} padded coordinates adds at least ${formatNumber(padded * Math.exp(threshold))} to the ` +
            'mean squared norm of all coordinates.',
        ];
  const all = rows.filter((row) => row.panel === name && row.reading === 'released code');
  const beyond = all.filter(({ norm }) => norm > RELEASED_END).length;
  return beyond === 0
    ? noise
    : [
        ...noise,
        `${name}: ${beyond} of ${all.length} points have a norm above ${RELEASED_END} in all coordinates.`,
      ];
}

interface PanelOptions {
  readonly name: string;
  readonly reading: Reading;
  readonly title: string;
  readonly extent: [number, number];
  readonly width: number;
}

function panel({ name, reading, title, extent, width }: PanelOptions): Panel {
  return {
    title,
    width,
    height: HEIGHT,
    transform: [
      {
        filter: {
          and: [
            { field: 'panel', equal: name },
            { field: 'reading', equal: reading },
            ...(reading === 'text' ? [] : [{ field: 'norm', lte: RELEASED_END }]),
          ],
        },
      },
      { bin: { extent, maxbins: MAX_BINS }, field: 'norm', as: ['low', 'high'] },
    ],
    layer: [
      {
        mark: { type: 'bar', color: COLORS[0], binSpacing: 0.5 },
        encoding: {
          x: {
            field: 'low',
            type: 'quantitative',
            bin: 'binned',
            title: 'norm of the generated point',
            axis: { grid: false, tickCount: 6 },
          },
          x2: { field: 'high' },
          y: { aggregate: 'count', title: 'points', axis: { tickCount: 5 } },
        },
      },
      {
        // A single row, because otherwise there would be one rule for each point.
        data: { values: [{}] },
        mark: { type: 'rule', color: COLORS[1], strokeWidth: 1.5, strokeDash: [5, 3] },
        encoding: { x: { datum: RADIUS } },
      },
    ],
  };
}
