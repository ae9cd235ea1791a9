/** Two unsigned 32-bit numbers: a key, or the hash of a block. */
export type Words = readonly [number, number];

/** Rotation distances of the twenty rounds. */
const ROTATIONS = Int32Array.from([
  13, 15, 26, 6, 17, 29, 16, 24, 13, 15, 26, 6, 17, 29, 16, 24, 13, 15, 26, 6,
]);
const GROUP_ROUNDS = 4;
const PARITY = 0x1bd11bda;

/**
 * Computes Threefry-2x32 of one block in plain numbers. `threefry.ts` computes the same with tensor operations, as compiled loops need
 * it. Outside of loops, plain numbers are many times faster.
 */
function threefryWords(key: Words, first: number, second: number): Words {
  const [key0, key1] = key;
  const key2 = key0 ^ key1 ^ PARITY;
  let left = (first + key0) | 0;
  let right = (second + key1) | 0;
  for (let round = 0; round < ROTATIONS.length; round++) {
    const distance = ROTATIONS[round] ?? 0;
    left = (left + right) | 0;
    right = ((right << distance) | (right >>> (32 - distance))) ^ left;
    if (round % GROUP_ROUNDS !== GROUP_ROUNDS - 1) continue;
    const group = (round + 1) / GROUP_ROUNDS;
    const place = group % 3;
    left = (left + (place === 0 ? key0 : place === 1 ? key1 : key2)) | 0;
    right = (right + (place === 0 ? key1 : place === 1 ? key2 : key0) + group) | 0;
  }
  return [left >>> 0, right >>> 0];
}

/** Returns the key of a seed, the same as `jax.random.PRNGKey(seed)`. @param seed a whole number from 0 to 2^32 - 1 */
export function keyWords(seed: number): Words {
  return [0, seed >>> 0];
}

/** Returns two keys that are independent of each other and of `key`, the same as `jax.random.split(key)`. */
export function splitWords(key: Words): readonly [Words, Words] {
  const even = threefryWords(key, 0, 2);
  const odd = threefryWords(key, 1, 3);
  return [
    [even[0], odd[0]],
    [even[1], odd[1]],
  ];
}

/** Returns the same key as `jax.random.fold_in(key, data)`. @param data a whole number from 0 to 2^32 - 1 */
export function foldInWords(key: Words, data: number): Words {
  return threefryWords(key, 0, data);
}

/**
 * Returns `count` random words, the same as `jax.random.bits(key, [count])` with `jax_threefry_partitionable` off: the counters 0, 1, ...
 * are hashed in two halves, and an odd count is padded with a zero. So the words depend on the count: a smaller count does not give a
 * prefix.
 */
export function hashWords(key: Words, count: number): Int32Array<ArrayBuffer> {
  const half = Math.ceil(count / 2);
  const words = new Int32Array(2 * half);
  for (let index = 0; index < half; index++) {
    const [left, right] = threefryWords(key, index, index + half < count ? index + half : 0);
    words[index] = left;
    words[index + half] = right;
  }
  return words.subarray(0, count);
}

/**
 * The chain of data keys in the authors' code: `(chain, k) = split(chain)`, starting with `PRNGKey(seed)`. Each use takes the next k.
 * The parameters of the data (A, a*) are drawn first, with either kind of random streams.
 */
export class DataKeys {
  /** The first key of the chain. */
  readonly first: Words;
  #chain: Words;

  constructor(seed: number) {
    this.first = keyWords(seed);
    this.#chain = this.first;
  }

  /** The key that the next use splits. */
  get chain(): Words {
    return this.#chain;
  }

  next(): Words {
    const [chain, use] = splitWords(this.#chain);
    this.#chain = chain;
    return use;
  }
}
