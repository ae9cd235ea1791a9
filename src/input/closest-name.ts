import { closestMatch } from 'leven';

/** Returns the name that is closest to a misspelled one, or undefined if none is close. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  return closestMatch(name, names, { maxDistance: Math.ceil(name.length / 3) });
}
