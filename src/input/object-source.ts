import { InputError } from '../errors.js';
import type { Source } from './source.js';

const MAX_NESTING = 32;

/**
 * Returns a copy of an object as input. As in JSON, members that are undefined are left out.
 * @param what name in messages if the object has no name
 * @throws InputError if the object is nested too deeply, for example because it contains itself
 */
export function objectSource(object: object, what: string): Source {
  const name = 'name' in object && typeof object.name === 'string' ? object.name : what;
  return { file: name, value: copy(object, name, 0), locate: null };
}

/** Copies lists and plain objects. The schema rejects other objects. */
function copy(value: unknown, name: string, depth: number): unknown {
  if (depth > MAX_NESTING) throw new InputError(`${name} is nested more than ${MAX_NESTING} levels deep`);
  if (Array.isArray(value)) return value.map((item) => copy(item, name, depth + 1));
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, copy(member, name, depth + 1)]));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
