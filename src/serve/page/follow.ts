import { useEffect, useState } from 'preact/hooks';
import { eventsUrl } from './api.js';
import type { SweepChange, SweepState, TaskView } from './protocol.js';

/** `lost`: the server does not answer, and is tried again and again. */
export type Connection = 'connecting' | 'live' | 'lost';

const RETRY_MS = 2_000;

/** A sweep as its server tells it, from event to event. */
export function useSweep(name: string | null): { state: SweepState | null; connection: Connection } {
  const [state, setState] = useState<SweepState | null>(null);
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    let source: EventSource;
    let timer: number | undefined;
    const connect = (): void => {
      source = new EventSource(eventsUrl(name));
      source.addEventListener('state', (event: MessageEvent<string>) => {
        setConnection('live');
        setState(JSON.parse(event.data) as SweepState);
      });
      source.addEventListener('change', (event: MessageEvent<string>) => {
        const change = JSON.parse(event.data) as SweepChange;
        setState((before) => before && changed(before, change));
      });
      source.addEventListener('error', () => {
        setConnection('lost');
        // A browser gives up on a server that answers with an error; not on one that does not answer.
        if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(connect, RETRY_MS);
      });
    };
    connect();
    return () => {
      window.clearTimeout(timer);
      source.close();
    };
  }, [name]);
  return { state, connection };
}

function changed(state: SweepState, { tasks, progress }: SweepChange): SweepState {
  if (tasks.length === 0) return { ...state, progress };
  const byId = new Map<string, TaskView>(tasks.map((task) => [task.id, task]));
  return { ...state, progress, tasks: state.tasks.map((task) => byId.get(task.id) ?? task) };
}
