import PQueue from 'p-queue';

/** The maximum number of concurrent transfers while no tasks run. */
export const MAX_CONCURRENT_TRANSFERS = 4;

/**
 * Maps the items with at most `MAX_CONCURRENT_TRANSFERS` actions at a time. After a failure no further action starts, and the error is
 * thrown once all running actions have ended, because another process may own the store after that.
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
