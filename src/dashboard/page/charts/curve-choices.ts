import type { Options } from '../address.js';
import type { Zoom } from './series.js';

/** What the user chose for all charts. */
export interface CurveChoices {
  /** The range of steps; null for all steps. */
  readonly zoom: Zoom | null;
  readonly isLogSteps: boolean;
  /** The weight of the moving average, from 0 for no smoothing. */
  readonly smoothing: number;
  /** The metrics whose vertical axes the user switched between linear and logarithmic. */
  readonly switched: readonly string[];
}

/** The largest weight of the moving average, with which 100 points contribute. */
export const MAX_SMOOTHING = 0.99;

/** Reads the choices from the address, for example `zoom=100-2000&smooth=0.9`. */
export function parseChoices(options: Options): CurveChoices {
  const { zoom, steps, smooth, switched = '' } = options;
  const smoothing = Number(smooth ?? 0);
  return {
    zoom: parseZoom(zoom),
    isLogSteps: steps === 'log',
    smoothing: smoothing > 0 && smoothing <= MAX_SMOOTHING ? smoothing : 0,
    switched: switched.split(',').filter((name) => name !== ''),
  };
}

/** Returns the options of the address that stand for the choices. */
export function formatChoices({ zoom, isLogSteps, smoothing, switched }: CurveChoices): Options {
  return {
    zoom: zoom === null ? '' : `${zoom.from}-${zoom.to}`,
    steps: isLogSteps ? 'log' : '',
    smooth: smoothing === 0 ? '' : String(smoothing),
    switched: switched.join(),
  };
}

function parseZoom(text = ''): Zoom | null {
  const [, from, to] = /^(\d{1,10})-(\d{1,10})$/.exec(text) ?? [];
  const zoom = { from: Number(from), to: Number(to) };
  return from === undefined || zoom.to <= zoom.from ? null : zoom;
}
