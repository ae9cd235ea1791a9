import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The rows of a long list that are drawn, and the heights of those that are not. */
export interface VisibleRows {
  readonly items: readonly VirtualItem[];
  readonly above: number;
  readonly below: number;
}

const OVERSCAN = 12;

/** Returns which rows are visible in a scrolled element, so that a table of 10,000 rows has few elements. */
export function useVisibleRows(
  count: number,
  rowHeight: number,
  element: { readonly current: HTMLElement | null },
): VisibleRows {
  const [, redraw] = useState(0);
  const virtualizer = useRef<Virtualizer<HTMLElement, Element> | null>(null);
  const options = {
    count,
    getScrollElement: () => element.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollToFn: elementScroll<HTMLElement>,
    observeElementRect,
    observeElementOffset,
    onChange: () => {
      redraw((before) => before + 1);
    },
  };
  virtualizer.current ??= new Virtualizer(options);
  const { current } = virtualizer;
  current.setOptions(options);
  useEffect(() => current._didMount(), []);
  useLayoutEffect(() => {
    current._willUpdate();
  });
  const items = current.getVirtualItems();
  return {
    items,
    above: items[0]?.start ?? 0,
    below: current.getTotalSize() - (items.at(-1)?.end ?? 0),
  };
}
