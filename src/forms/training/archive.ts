import type { NamedTensor } from '../../store/safetensors.js';
import type { LoopProgram, StateArchive, Training } from './definition.js';

/** The values of each tensor of the state, flat and row-major, in the state's order. */
export type StateValues = readonly Float32Array[];

/** Returns the training's archive layout, or the default layout: one tensor per name of the state. */
export function archiveOf({ archive }: Pick<Training, 'archive'>, state: LoopProgram['state']): StateArchive {
  const shapes = Object.entries(state);
  return (
    archive ?? {
      parts: shapes.map(([name, shape], tensor) => ({ name, shape, tensor, offset: 0 })),
      continuation: shapes.map(([name]) => `continuation.${name}`),
      extra: [],
    }
  );
}

export function commonSteps(training: Pick<Training, 'commonSteps'>, steps: number): number {
  return training.commonSteps?.(steps) ?? steps;
}

/**
 * Returns the named tensors of `parameters.safetensors`.
 * @param continuation the state that a longer task continues from, or null if that is the final state
 */
export function encodeState(
  { parts, continuation: names, extra }: StateArchive,
  final: StateValues,
  continuation: StateValues | null,
): NamedTensor[] {
  const learned = parts.map(({ name, shape, tensor, offset }) => {
    const values = (final[tensor] ?? new Float32Array()).slice(offset, offset + sizeOf(shape));
    return { name, shape, values };
  });
  const whole = (continuation ?? final).flatMap((values, tensor) =>
    continuation === null && parts.some((part) => part.tensor === tensor)
      ? []
      : [{ name: names[tensor] ?? '', shape: [values.length], values }],
  );
  return [...learned, ...whole, ...extra];
}

/**
 * Reads the state that a longer task continues from.
 * @param state shapes of the state's tensors, by name
 * @param isFinal whether a longer task continues from the final state
 * @returns the values of each tensor, or null if part of the state is missing
 */
export function decodeState(
  { parts, continuation: names }: StateArchive,
  state: LoopProgram['state'],
  tensors: ReadonlyMap<string, NamedTensor>,
  isFinal: boolean,
): StateValues | null {
  const decoded = Object.values(state).map((shape, tensor) => {
    const own = isFinal ? parts.filter((part) => part.tensor === tensor) : [];
    const whole = [{ name: names[tensor] ?? '', shape, offset: 0 }];
    const values = new Float32Array(sizeOf(shape));
    for (const part of own.length > 0 ? own : whole) {
      const saved = tensors.get(part.name)?.values;
      if (saved?.length !== sizeOf(part.shape)) return null;
      values.set(saved, part.offset);
    }
    return values;
  });
  return decoded.every((values) => values !== null) ? decoded : null;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
