/** Two unsigned 32-bit numbers: a key, or what a block hashes to. */
export type Words = readonly [number, number];

/** Rotation distances of the twenty rounds. */
const ROTATIONS = Int32Array.from([
  13, 15, 26, 6, 17, 29, 16, 24, 13, 15, 26, 6, 17, 29, 16, 24, 13, 15, 26, 6,
]);
const GROUP_ROUNDS = 4;
const PARITY = 0x1bd11bda;

/**
 * Threefry-2x32 of one block, in plain numbers. `threefry.ts` computes the same of whole tensors; chains of keys, where each key
 * depends on the one before, need only a few words at a time. A chain has hundreds of thousands of them: hence the plain loops.
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

/** `jax.random.PRNGKey(seed)`. @param seed a whole number, 0 to 2^32 - 1 */
export function keyWords(seed: number): Words {
  return [0, seed >>> 0];
}

/** `jax.random.split(key)`: two keys that are independent of each other and of `key`. */
export function splitWords(key: Words): readonly [Words, Words] {
  const even = threefryWords(key, 0, 2);
  const odd = threefryWords(key, 1, 3);
  return [
    [even[0], odd[0]],
    [even[1], odd[1]],
  ];
}

/** `jax.random.fold_in(key, data)`. @param data a whole number, 0 to 2^32 - 1 */
export function foldInWords(key: Words, data: number): Words {
  return threefryWords(key, 0, data);
}

/**
 * The authors' chain of data keys: `(chain, k) = split(chain)`, starting from `PRNGKey(seed)`. Each use takes the next k. The data's
 * parameters (A, a*) are drawn first, with any streams.
 */
export class DataKeys {
  /** The key that the chain starts from. */
  readonly first: Words;
  #chain: Words;

  constructor(seed: number) {
    this.first = keyWords(seed);
    this.#chain = this.first;
  }

  /** What the next key is split from. */
  get chain(): Words {
    return this.#chain;
  }

  next(): Words {
    const [chain, use] = splitWords(this.#chain);
    this.#chain = chain;
    return use;
  }
}
