import { useEffect, useState } from 'preact/hooks';
import { eventsUrl } from './api.js';
import type { SweepChange, SweepState, TaskView } from './protocol.js';

/** `lost`: the server does not answer; `refused`: it answers with an error, as without its token. Both are tried again and again. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

const RETRY_MS = 2_000;

interface Followed {
  readonly state: SweepState | null;
  readonly connection: Connection;
  /** Times that the connection came back: what was asked for meanwhile got no answer, and is asked for again. */
  readonly epoch: number;
}

/** A sweep as its server tells it, from event to event. */
export function useSweep(name: string | null): Followed {
  const [state, setState] = useState<SweepState | null>(null);
  const [connection, setConnection] = useState<Connection>('connecting');
  const [epoch, setEpoch] = useState(0);
  useEffect(() => {
    let source: EventSource;
    let isLost = false;
    let timer: number | undefined;
    const connect = (): void => {
      source = new EventSource(eventsUrl(name));
      source.addEventListener('state', (event: MessageEvent<string>) => {
        setConnection('live');
        if (isLost) setEpoch((before) => before + 1);
        isLost = false;
        setState(JSON.parse(event.data) as SweepState);
      });
      source.addEventListener('change', (event: MessageEvent<string>) => {
        const change = JSON.parse(event.data) as SweepChange;
        setState((before) => before && changed(before, change));
      });
      source.addEventListener('error', () => {
        isLost = true;
        // A browser gives up on a server that answers with an error; not on one that does not answer.
        const isRefused = source.readyState === EventSource.CLOSED;
        setConnection(isRefused ? 'refused' : 'lost');
        if (isRefused) timer = window.setTimeout(connect, RETRY_MS);
      });
    };
    connect();
    return () => {
      window.clearTimeout(timer);
      source.close();
    };
  }, [name]);
  return { state, connection, epoch };
}

function changed(state: SweepState, { tasks, progress }: SweepChange): SweepState {
  if (tasks.length === 0) return { ...state, progress };
  const byId = new Map<string, TaskView>(tasks.map((task) => [task.id, task]));
  return { ...state, progress, tasks: state.tasks.map((task) => byId.get(task.id) ?? task) };
}
