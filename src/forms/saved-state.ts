/** Key of the object that stands for a number that JSON cannot represent: NaN, an infinity or -0. */
const NUMBER = '$number';

/**
 * Encodes a state as JSON. Decoding it restores every number with the same bits.
 * @throws an Error if the state holds anything but numbers, strings, booleans, null, arrays and plain objects
 */
export function encodeState(state: unknown): string {
  return JSON.stringify(encoded(state));
}

export function decodeState(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) =>
    isObject(value) && Object.hasOwn(value, NUMBER) ? Number(value[NUMBER]) : value,
  );
}

function encoded(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { [NUMBER]: Object.is(value, -0) ? '-0' : String(value) };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(encoded);
  if (isObject(value) && !Object.hasOwn(value, NUMBER))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, encoded(inner)]));
  throw new Error(
    'The saved state holds an unsupported value. Use only numbers, strings, booleans, null, arrays and plain objects.',
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
