import { useEffect, useRef, useState } from 'preact/hooks';

/** Returns the width of an element's content, which may change; null until it is known. */
export function useWidth(): [{ current: HTMLElement | null }, number | null] {
  const room = useRef<HTMLElement>(null);
  const [width, setWidth] = useState<number | null>(null);
  useEffect(() => {
    if (room.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(room.current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [room, width];
}
