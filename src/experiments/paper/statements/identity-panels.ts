import type { RunOf } from './computed.js';
import type { Drawing, FigureRow, Panel } from '../../../report/figures/figure.js';
import { groupBy } from '../../../report/group-by.js';
import { tightLogAxis } from '../../../report/figures/log-axis.js';
import { COLORS } from '../../../report/figures/theme.js';
import { sampleEvenly } from './sample-evenly.js';
import { identityText } from './identity-texts.js';

const MAX_DRAWS = 200;
const WIDTH = 560;
const ROW_HEIGHT = 24;
/** Position of errors of 0, as a fraction of the tolerance. */
const FLOOR = 1e-7;
/** End of the axis if no error is larger, so that the tolerance, 1, is not at the border of the figure. */
const BEYOND = 10;

interface ErrorRow extends FigureRow {
  readonly identity: string;
  /** Whether this is the largest error of all draws or that of one draw. */
  readonly what: 'largest' | 'draw';
  readonly error: number;
  readonly tolerance: number;
  /** Error over tolerance, at least FLOOR. */
  readonly share: number;
}

/** Draws errors relative to their tolerance, with one row per identity. */
export function identityPanels(runs: readonly RunOf<'identities'>[]): Drawing {
  const groups = groupBy(runs, nameOf);
  const rows = [...groups.values()].flatMap(identityRows);
  return {
    rows,
    panels: [[panel(rows, [...groups.keys()])]],
    notes: [`Up to ${MAX_DRAWS} draws of each are shown.`],
  };
}

function nameOf({ settings: { identity } }: RunOf<'identities'>): string {
  return identityText(typeof identity === 'string' ? identity : '').label;
}

/** Returns the rows of an identity. The largest error is that of the verdict, which includes draws that are not shown. */
function identityRows(runs: readonly RunOf<'identities'>[]): ErrorRow[] {
  const each = Math.max(1, Math.floor(MAX_DRAWS / runs.length));
  const largest = runs.flatMap((run) => toRows(run, 'largest', [run.verdict.measures.worstError ?? NaN]));
  const worst = largest.reduce<ErrorRow | undefined>(
    (a, b) => (a === undefined || b.share > a.share ? b : a),
    undefined,
  );
  const draws = sampleEvenly(runs, MAX_DRAWS).flatMap((run) =>
    toRows(run, 'draw', sampleEvenly(run.rows().column('error'), each)),
  );
  return [...draws, ...(worst === undefined ? [] : [worst])];
}

function toRows(run: RunOf<'identities'>, what: ErrorRow['what'], errors: readonly number[]): ErrorRow[] {
  const tolerance = run.verdict.measures.tolerance ?? NaN;
  return errors
    .map((error) => ({
      identity: nameOf(run),
      what,
      error,
      tolerance,
      share: Math.max(FLOOR, error / tolerance),
    }))
    .filter(({ share }) => Number.isFinite(share));
}

function panel(rows: readonly ErrorRow[], names: string[]): Panel {
  const y = {
    field: 'identity',
    type: 'nominal',
    title: null,
    scale: { domain: names },
    axis: { grid: true, minExtent: 0, maxExtent: 200, labelLimit: 0 },
  } as const;
  const x = {
    field: 'share',
    type: 'quantitative',
    title: 'error / tolerance',
    ...tightLogAxis([...rows.map(({ share }) => share), FLOOR, BEYOND], 0),
  } as const;
  return {
    width: WIDTH,
    height: names.length * ROW_HEIGHT,
    layer: [
      {
        transform: [{ filter: `datum.what === 'draw'` }],
        mark: { type: 'tick', color: COLORS[0], thickness: 1, size: 12, opacity: 0.35 },
        encoding: { x, y },
      },
      {
        transform: [{ filter: `datum.what === 'largest'` }],
        mark: { type: 'point', shape: 'diamond', filled: true, color: COLORS[1], size: 60, opacity: 1 },
        encoding: { x, y },
      },
      {
        mark: { type: 'rule', strokeDash: [6, 3], strokeWidth: 1.2 },
        encoding: { x: { datum: 1, type: 'quantitative' } },
      },
    ],
  };
}
