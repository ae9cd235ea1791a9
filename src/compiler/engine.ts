/** Names of the engines. `engines.ts` maps each to its implementation. */
export const ENGINES = ['c', 'xla', 'eager'] as const;

/** An engine, or `auto`: C if it supports all operations of the loop, otherwise XLA. */
export type EngineChoice = Engine | 'auto';

/** How a loop is compiled: to C by g++, by XLA, or not at all (`eager` executes one operation after the other). */
export type Engine = (typeof ENGINES)[number];
