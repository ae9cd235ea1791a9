import type { ProgressView, TaskInfo, TaskView } from '../protocol.js';
import type { Control } from './use-control.js';

interface TaskControlProps {
  readonly control: Control;
  readonly progress: ProgressView;
  readonly info: TaskInfo;
  readonly view: TaskView;
}

/** Cancels, reorders or retries one task of the active run. */
export function TaskControl({ control, progress, info, view }: TaskControlProps) {
  const { owner, controlRefusal } = progress;
  if (owner === null || controlRefusal !== null || !control.isAllowed) return null;
  const { state } = view;
  const task = info.id;
  if (state === 'done' || state === 'corrupt') return null;
  const isWaiting = state === 'new' || state === 'interrupted';
  return (
    <div role="group" aria-label={`Control ${info.label}`}>
      <div class="tools">
        {isWaiting && (
          <button
            type="button"
            onClick={() => {
              control.send(
                { action: 'next', task },
                `Asked the run to start ${info.label} next. Its log says whether it did.`,
              );
            }}
          >
            Run next
          </button>
        )}
        {(isWaiting || state === 'running') && (
          <button
            type="button"
            onClick={() => {
              control.send(
                { action: 'cancel', task },
                `Asked the run to cancel ${info.label}. The next run resumes it.`,
              );
            }}
          >
            Cancel task
          </button>
        )}
        {state === 'failed' && (
          <button
            type="button"
            onClick={() => {
              control.send(
                { action: 'retry', task },
                `Asked the run to retry ${info.label} once the other tasks have ended.`,
              );
            }}
          >
            Retry
          </button>
        )}
      </div>
      {/* The run control at the side, which screen readers announce, may be out of sight. */}
      <p class="small break">{control.message}</p>
    </div>
  );
}
