/** Names of the engines. `engines.ts` maps each to its implementation. */
export const ENGINES = ['c', 'xla', 'eager'] as const;

export type Engine = (typeof ENGINES)[number];
