/**
 * A way to spread points in the unit cube. A coordinate is a function of the seed, the dimension and the point's number only: more
 * points keep the earlier points, and more dimensions keep the other coordinates.
 */
export interface Sampler {
  /** Largest number of dimensions; null if there is no limit. */
  readonly maxDimensions: number | null;
  /** Returns the coordinates of the first `count` points along a dimension, as unsigned 32-bit words: the coordinate times 2^32. */
  readonly coordinates: (seed: number, dimension: number, count: number) => Uint32Array;
}
