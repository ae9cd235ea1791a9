/** Okabe and Ito's colours, told apart with any colour vision; for a dark page lighter ones of the same hues. */
const LIGHT = ['#0072b2', '#d55e00', '#00805d', '#b0568d', '#8a6100', '#2484b8', '#222222'] as const;
const DARK = ['#56b4e9', '#ff9a4d', '#3fcf9f', '#e79cc6', '#f0c040', '#9ad0f5', '#e6e6e6'] as const;
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]] as const;

export interface Stroke {
  readonly colour: string;
  readonly dash: readonly number[];
}

/** Of the n-th of the selected tasks. */
export function taskStroke(index: number, isDark: boolean): Stroke {
  const colours = isDark ? DARK : LIGHT;
  return {
    colour: colours[index % colours.length] ?? colours[0],
    dash: DASHES[Math.floor(index / colours.length) % DASHES.length] ?? [],
  };
}

/** Of the tasks of a group, where two are compared. */
export function groupStroke(group: 'a' | 'b', isDark: boolean): Stroke {
  const colours = isDark ? DARK : LIGHT;
  return group === 'a' ? { colour: colours[0], dash: [] } : { colour: colours[1], dash: [7, 3] };
}
