import { seededRandom } from './disk-model.js';
import { SEED } from '../seed.js';

/** A truncated file, or a file with a flipped bit. */
export interface Damage {
  readonly what: string;
  readonly at: number;
  readonly isCut: boolean;
  readonly bytes: Buffer;
}

/** Yields the file truncated at every `every`-th length, and with a bit flipped in every `every`-th byte. */
export function damagesOf(intact: Buffer, every = 1): Damage[] {
  const random = seededRandom(SEED);
  const positions = Array.from({ length: Math.ceil(intact.length / every) }, (_, index) => index * every);
  const cuts = positions.map((at) => ({
    what: `cut at ${at}`,
    at,
    isCut: true,
    bytes: intact.subarray(0, at),
  }));
  const flips = positions.map((at) => {
    const bit = Math.floor(random() * 8);
    const bytes = Buffer.from(intact);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
    return { what: `bit ${bit} of byte ${at} flipped`, at, isCut: false, bytes };
  });
  return [...cuts, ...flips];
}
