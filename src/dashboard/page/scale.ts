/** Viridis, from low to high: its lightness grows evenly, so that it is ordered with any color vision and in gray. */
const SEQUENTIAL = [
  ...['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#addc30', '#fde725'],
] as const;
/** ColorBrewer's PuOr, which is safe for color-blind readers. */
const DIVERGING = [
  ...['#7f3b08', '#b35806', '#e08214', '#fdb863', '#fee0b6', '#f7f7f7'],
  ...['#d8daeb', '#b2abd2', '#8073ac', '#542788', '#2d004b'],
] as const;

export const SCALES = ['sequential', 'diverging', 'log'] as const;
export type ScaleName = (typeof SCALES)[number];

export interface ColorScale {
  readonly colorOf: (value: number) => string;
  /** The values at the start, the middle and the end of the legend. */
  readonly ticks: readonly [number, number, number];
  /** The colors of the legend, at equal distances. */
  readonly colors: readonly string[];
}

/**
 * Returns a scale over the range of the values. A diverging scale is centered at 0 if the values have both signs, else at the middle of
 * their range. Values that are not positive have the lowest color of a logarithmic scale.
 */
export function colorScale(name: ScaleName, values: readonly number[]): ColorScale | null {
  if (values.length === 0) return null;
  const min = values.reduce((a, b) => Math.min(a, b));
  const max = values.reduce((a, b) => Math.max(a, b));
  if (name === 'log') {
    const positive = values.filter((value) => value > 0);
    if (positive.length > 0) {
      const from = Math.log(positive.reduce((a, b) => Math.min(a, b)));
      const shareOf = (value: number): number =>
        value > 0 ? share(Math.log(value), from, Math.log(max)) : 0;
      const middle = Math.exp((from + Math.log(max)) / 2);
      return toScale(SEQUENTIAL, shareOf, [Math.exp(from), middle, max]);
    }
  }
  if (name === 'diverging') {
    const center = min < 0 && max > 0 ? 0 : (min + max) / 2;
    const reach = Math.max(center - min, max - center);
    const [from, to] = [center - reach, center + reach];
    return toScale(DIVERGING, (value) => share(value, from, to), [from, center, to]);
  }
  return toScale(SEQUENTIAL, (value) => share(value, min, max), [min, (min + max) / 2, max]);
}

/** Returns black or white, whichever is easier to read on the color. */
export function inkOn(color: string): '#000000' | '#ffffff' {
  const [red = 0, green = 0, blue = 0] = channels(color).map((channel) => {
    const level = channel / 255;
    return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
  });
  // At this luminance, black and white have the same contrast according to WCAG.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}

function toScale(
  colors: readonly string[],
  shareOf: (value: number) => number,
  ticks: ColorScale['ticks'],
): ColorScale {
  return { colorOf: (value) => colorAt(colors, shareOf(value)), ticks, colors };
}

/** Returns the position of a value in a range, from 0 to 1; the middle of a range of one value. */
function share(value: number, from: number, to: number): number {
  return to > from ? Math.min(1, Math.max(0, (value - from) / (to - from))) : 0.5;
}

function colorAt(colors: readonly string[], at: number): string {
  const position = at * (colors.length - 1);
  const index = Math.min(colors.length - 2, Math.floor(position));
  const [low, high] = [channels(colors[index] ?? ''), channels(colors[index + 1] ?? '')];
  const mixed = low.map(
    (channel, each) => channel + ((high[each] ?? channel) - channel) * (position - index),
  );
  return `#${mixed.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

function channels(color: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
}
