/** Names of the engines. `engines.ts` has what each makes a loop with. */
export const ENGINES = ['c', 'xla', 'eager'] as const;

export type Engine = (typeof ENGINES)[number];
