import PQueue from 'p-queue';

/** Tasks on their way at a time, where nothing else is done meanwhile. */
export const AT_A_TIME = 4;

/**
 * Does it with several at a time. After a failure nothing more is begun, and what has begun ends before that is thrown: the store may
 * then have another owner.
 * @returns what came of each, in their order
 */
export async function withSeveral<T, R>(
  items: readonly T[],
  action: (item: T) => Promise<R>,
): Promise<Awaited<R>[]> {
  const queue = new PQueue({ concurrency: AT_A_TIME });
  try {
    return await Promise.all(items.map(async (item) => queue.add(() => action(item))));
  } finally {
    queue.clear();
    await queue.onIdle();
  }
}
