/** Something that will happen at a moment of simulated time. */
export interface Event<Process> {
  readonly atMs: number;
  readonly act: () => void;
  /** The process that it happens to; null for the outside world. */
  readonly process: Process | null;
  isCancelled: boolean;
  /** The order of events at the same moment. */
  readonly order: number;
}

/** A binary heap of events: the earliest first, and first scheduled first among those at the same moment. */
export class EventQueue<Process> {
  readonly #heap: Event<Process>[] = [];
  #scheduled = 0;

  add(atMs: number, process: Process | null, act: () => void): Event<Process> {
    this.#scheduled += 1;
    const event = { atMs, act, process, isCancelled: false, order: this.#scheduled };
    let at = this.#heap.length;
    this.#heap.push(event);
    for (let parent = (at - 1) >> 1; at > 0 && this.#swapIfLater(parent, at); parent = (at - 1) >> 1)
      at = parent;
    return event;
  }

  /** Returns the next event that was not cancelled, and leaves it in the queue. */
  peek(): Event<Process> | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#removeFirst();
    return this.#heap[0];
  }

  pop(): Event<Process> | undefined {
    const event = this.peek();
    if (event !== undefined) this.#removeFirst();
    return event;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = right < this.#heap.length && this.#isLater(left, right) ? right : left;
      if (child >= this.#heap.length || !this.#swapIfLater(at, child)) return;
      at = child;
    }
  }

  #swapIfLater(parent: number, child: number): boolean {
    if (!this.#isLater(parent, child)) return false;
    const [a, b] = [this.#heap[parent], this.#heap[child]];
    if (a === undefined || b === undefined) return false;
    this.#heap[parent] = b;
    this.#heap[child] = a;
    return true;
  }

  #isLater(index: number, than: number): boolean {
    const [a, b] = [this.#heap[index], this.#heap[than]];
    if (a === undefined || b === undefined) return false;
    return a.atMs > b.atMs || (a.atMs === b.atMs && a.order > b.order);
  }
}
