import { useRef } from 'preact/hooks';
import type { SweepState } from '../protocol.js';
import type { Control } from './use-control.js';

interface RunControlProps {
  readonly control: Control;
  readonly state: Pick<SweepState, 'progress' | 'tasks'>;
}

/** Stops the run and retries failed tasks, if there is an active run. */
export function RunControl({ control, state }: RunControlProps) {
  const { owner, controlRefusal } = state.progress;
  const dialog = useRef<HTMLDialogElement>(null);
  if (owner === null) return null;
  const refusal = control.refusal ?? controlRefusal;
  return (
    <section class="run-control" aria-labelledby="control-heading">
      <h2 id="control-heading">Run control</h2>
      {refusal !== null && <p class="quiet small break">{refusal}</p>}
      {refusal === null && control.isAllowed && (
        <div class="tools">
          <button type="button" onClick={() => dialog.current?.showModal()}>
            Stop the run …
          </button>
          {state.tasks.some(({ state }) => state === 'failed') && (
            <button
              type="button"
              onClick={() => {
                control.send(
                  { action: 'retry', task: null },
                  'Asked the run to retry failed tasks once the other tasks have ended.',
                );
              }}
            >
              Retry failed tasks
            </button>
          )}
        </div>
      )}
      <p class="small break" role="status">
        {control.message}
      </p>
      <dialog ref={dialog} aria-labelledby="stop-heading">
        <h2 id="stop-heading">Stop the run?</h2>
        <p class="small">
          Running tasks write checkpoints, and waiting tasks do not start. The same command resumes the run
          later, with the same results.
        </p>
        <p class="small quiet break">{owner}</p>
        <div class="tools">
          <button
            type="button"
            onClick={() => {
              dialog.current?.close();
              control.send(
                { action: 'stop' },
                'Asked the run to stop: tasks write checkpoints, then it ends.',
              );
            }}
          >
            Stop with checkpoints
          </button>
          <button type="button" autofocus onClick={() => dialog.current?.close()}>
            Keep running
          </button>
        </div>
      </dialog>
    </section>
  );
}
