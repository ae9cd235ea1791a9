/** Okabe and Ito's colors, which are distinct with any color vision, and lighter ones of the same hues for a dark page. */
const LIGHT = ['#0072b2', '#d55e00', '#00805d', '#b0568d', '#8a6100', '#2484b8', '#222222'] as const;
const DARK = ['#56b4e9', '#ff9a4d', '#3fcf9f', '#e79cc6', '#f0c040', '#9ad0f5', '#e6e6e6'] as const;
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]] as const;

export interface Stroke {
  readonly color: string;
  readonly dash: readonly number[];
}

/** Returns the stroke of the n-th selected task. */
export function taskStroke(index: number, isDark: boolean): Stroke {
  const colors = isDark ? DARK : LIGHT;
  return {
    color: colors[index % colors.length] ?? colors[0],
    dash: DASHES[Math.floor(index / colors.length) % DASHES.length] ?? [],
  };
}

/** Returns the stroke of the n-th task of a group when two groups are compared: the lines of A are solid, those of B dashed. */
export function groupStroke(group: 'a' | 'b', index: number, isDark: boolean): Stroke {
  const { color } = taskStroke(index, isDark);
  return { color, dash: group === 'a' ? [] : [7, 3] };
}
