import { colorScale } from '../../../report/figures/theme.js';
import type { Figure, Panel } from '../../../report/figures/figure.js';
import { toFigure } from '../../../report/figures/to-figure.js';
import type { PerturbedNumber } from './numbers.js';

const HEIGHT = 180;
const WIDTH = 300;
const PER_ROW = 2;
const KINDS = ['printed', 'unperturbed', 'perturbed'];

/** Draws each printed number beside the means from perturbed parameters, in one panel per row of a printed table. */
export function roundingFigure(all: readonly PerturbedNumber[]): Figure {
  const numbers = all.filter(({ perturbed }) => perturbed.length > 0);
  const panels = [...new Set(numbers.map(panelOf))];
  const rows = numbers.flatMap((one) => {
    const about = { panel: panelOf(one), cell: one.cell.name };
    const row = (kind: string, value: number | null) =>
      value === null ? [] : [{ ...about, kind, robustness: one.robustness, value }];
    return [
      ...row('printed', one.printed),
      ...row('unperturbed', one.unperturbed),
      ...one.perturbed.flatMap((value) => row('perturbed', value)),
    ];
  });
  const drawn = panels.map((title) => panel(title));
  return toFigure(
    {
      name: 'rounding',
      title: 'Printed numbers and means from perturbed initial parameters',
      caption:
        'Each mark is a mean over the seeds of the paper. Perturbed means differ only in the last bit of the initial parameters.',
    },
    {
      rows,
      panels: Array.from({ length: Math.ceil(drawn.length / PER_ROW) }, (_, index) =>
        drawn.slice(PER_ROW * index, PER_ROW * (index + 1)),
      ),
      notes: [],
    },
  );
}

function panelOf({ table, row }: PerturbedNumber): string {
  return `${table.replace('table', 'Table ')}: ${row.label}`;
}

function panel(title: string): Panel {
  const kind = { field: 'kind', type: 'nominal', title: 'mean' } as const;
  return {
    title,
    width: WIDTH,
    height: HEIGHT,
    transform: [{ filter: { field: 'panel', equal: title } }],
    mark: { type: 'point', size: 36, opacity: 0.8 },
    encoding: {
      x: { field: 'cell', type: 'ordinal', title: null, sort: null, axis: { labelAngle: -30 } },
      xOffset: { field: 'kind', scale: { domain: KINDS } },
      y: { field: 'value', type: 'quantitative', title: null, scale: { zero: false, padding: 10 } },
      color: { ...kind, scale: colorScale(KINDS), legend: { orient: 'bottom' } },
      shape: { ...kind, scale: { domain: KINDS, range: ['stroke', 'circle', 'diamond'] } },
    },
  };
}
