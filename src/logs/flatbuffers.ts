import { ByteBuffer } from 'flatbuffers';

let budget = Infinity;
const vectorLength = Object.getOwnPropertyDescriptor(ByteBuffer.prototype, '__vector_len')?.value as (
  this: ByteBuffer,
  offset: number,
) => number;

/**
 * apache-arrow does not verify its flatbuffers, and makes an object for each entry that a vector claims to have: a hundred bytes
 * fill the memory. From here on a vector has no more entries than there are bytes.
 */
ByteBuffer.prototype.__vector_len = function (offset) {
  const length = vectorLength.call(this, offset);
  budget -= length;
  if (!(length >= 0 && length <= this.capacity() && budget >= 0))
    throw new Error('it claims to hold more than its bytes');
  return length;
};

/** Does it with vectors of so many entries in all: a schema whose fields share their children would else never come to an end. */
export function withBudget<T>(entries: number, action: () => T): T {
  budget = entries;
  try {
    return action();
  } finally {
    budget = Infinity;
  }
}
