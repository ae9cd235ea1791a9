import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchSeries } from './api.js';
import type { Curve } from './protocol.js';
import { messageOf } from './reply.js';
import type { Stroke } from './colours.js';

/** A task whose curves are drawn. */
export interface DrawnTask {
  readonly id: string;
  readonly label: string;
  readonly stroke: Stroke;
  /** Another one when its logs have grown, or the connection came back. */
  readonly version: string;
}

export interface Zoom {
  readonly from: number;
  readonly to: number;
}

export interface SeriesQuery {
  readonly sweep: string;
  readonly metrics: readonly string[];
  readonly zoom: Zoom | null;
  readonly pixels: number;
  readonly isLog: boolean;
}

export interface TaskCurves {
  readonly curves: readonly Curve[];
  /** Why there are none. */
  readonly problem: string | null;
}

interface Known extends TaskCurves {
  readonly key: string;
}

/** The curves of tasks, asked for anew when a task's logs have grown or the window is another. Old ones stay until new ones are there. */
export function useSeries(tasks: readonly DrawnTask[], query: SeriesQuery): ReadonlyMap<string, TaskCurves> {
  const [known, setKnown] = useState<ReadonlyMap<string, Known>>(new Map());
  /** By task, the key that was asked for last. */
  const asked = useRef(new Map<string, string>());
  const window = JSON.stringify(query);
  const keyOf = ({ id, version }: DrawnTask): string => `${id} ${version} ${window}`;
  const keys = tasks.map(keyOf).join();
  useEffect(() => {
    const { sweep, metrics, zoom, pixels, isLog } = query;
    for (const task of tasks) {
      const key = keyOf(task);
      if (asked.current.get(task.id) === key) continue;
      asked.current.set(task.id, key);
      const range = { from: zoom?.from ?? 0, to: zoom?.to ?? null };
      const note = (found: TaskCurves): void => {
        if (asked.current.get(task.id) === key)
          setKnown((before) => new Map(before).set(task.id, { key, ...found }));
      };
      fetchSeries({ sweep, task: task.id, metrics, pixels, isLog, ...range }).then(
        ({ curves }) => {
          note({ curves, problem: null });
        },
        (error: unknown) => {
          // To be asked for again with the next change.
          asked.current.delete(task.id);
          setKnown((before) => {
            const curves = before.get(task.id)?.curves ?? [];
            return new Map(before).set(task.id, { key: '', curves, problem: messageOf(error) });
          });
        },
      );
    }
  }, [keys]);
  return known;
}
