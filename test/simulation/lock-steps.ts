import { setTimeout as delay } from 'node:timers/promises';
import { LockFolder } from '../../src/store/lock-folder.js';
import { currentProcess } from './world.js';

const MAX_STEP_MS = 20;
const STEPS = ['generations', 'read', 'create', 'remove', 'readHeartbeat'] as const;

/** Folders whose contest is over: what follows expects synchronous operations. */
const decided = new WeakSet<LockFolder>();

/** Lets time pass before each step of a contest for a lock, so that contenders interleave at each of them. */
export function spreadLockSteps(): void {
  const steps = LockFolder.prototype as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  for (const name of STEPS) {
    const step = steps[name];
    const spread = function (this: LockFolder, ...args: unknown[]): unknown {
      const process = currentProcess();
      if (process === undefined || decided.has(this)) return step?.apply(this, args);
      return delay(process.world.random.between(0, MAX_STEP_MS)).then(() => step?.apply(this, args));
    };
    Object.assign(steps, { [name]: spread });
  }
  const last = steps['removeTemporaries'];
  steps['removeTemporaries'] = function (this: LockFolder) {
    decided.add(this);
    return last?.apply(this);
  };
}
