import PQueue from 'p-queue';

/** The number of tasks transferred at a time, where nothing else is done meanwhile. */
export const MAX_CONCURRENT_TRANSFERS = 4;

/**
 * Maps the items, a few at a time. After a failure no further action begins, and those that have begun end before it is thrown, as the
 * store may then have another owner.
 * @returns the results, in the order of the items
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  action: (item: T) => Promise<R>,
): Promise<Awaited<R>[]> {
  const queue = new PQueue({ concurrency: MAX_CONCURRENT_TRANSFERS });
  try {
    return await Promise.all(items.map(async (item) => queue.add(() => action(item))));
  } finally {
    queue.clear();
    await queue.onIdle();
  }
}
