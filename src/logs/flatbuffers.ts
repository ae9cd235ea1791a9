import { ByteBuffer } from 'flatbuffers';

let budget = Infinity;
const vectorLength = Object.getOwnPropertyDescriptor(ByteBuffer.prototype, '__vector_len')?.value as (
  this: ByteBuffer,
  offset: number,
) => number;

/**
 * apache-arrow does not verify its flatbuffers, and allocates an object for each entry that a vector claims to have, so a hundred bytes
 * could exhaust the memory. This patch limits vectors to as many entries as there are bytes.
 */
ByteBuffer.prototype.__vector_len = function (offset) {
  const length = vectorLength.call(this, offset);
  budget -= length;
  if (!(length >= 0 && length <= this.capacity() && budget >= 0))
    throw new Error('it claims more entries than its bytes can hold');
  return length;
};

/**
 * Runs the action with a limit on the total number of vector entries. Otherwise decoding a schema with fields that share their children
 * might never end.
 */
export function withBudget<T>(entries: number, action: () => T): T {
  budget = entries;
  try {
    return action();
  } finally {
    budget = Infinity;
  }
}
