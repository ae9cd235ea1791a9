import type { Engine } from '../../../compiler/engine.js';

/** Engines by the name that tasks keep, which is part of their identity: xla was once called compiled. */
export const ENGINE_NAMES = { c: 'c', compiled: 'xla', eager: 'eager' } as const satisfies Record<
  string,
  Engine
>;

/** An engine as tasks keep it. */
export type StoredEngine = keyof typeof ENGINE_NAMES;

/** The stored name of an engine, by its name or by its stored name. */
export function storedEngine(name: Engine | StoredEngine): StoredEngine {
  return name === 'xla' ? 'compiled' : name;
}
