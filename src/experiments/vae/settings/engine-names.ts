import type { Engine } from '../../../compiler/engine.js';

/** The engines by the name that tasks store. It is part of a task's identity, so xla keeps its old name, compiled. */
export const ENGINE_NAMES = { c: 'c', compiled: 'xla', eager: 'eager' } as const satisfies Record<
  string,
  Engine
>;

/** The name of an engine that tasks store. */
export type StoredEngine = keyof typeof ENGINE_NAMES;

/** Returns the stored name of an engine, given its current or its stored name. */
export function storedEngine(name: Engine | StoredEngine): StoredEngine {
  return name === 'xla' ? 'compiled' : name;
}
