import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { hostThreads } from '../src/pool/host.js';
import type { HostRequest } from '../src/pool/host-protocol.js';

/**
 * Entry point of a process that hosts training threads. A crash in native code ends this process, not the coordinator. It receives
 * `HostRequest` messages over the IPC channel and answers with `HostReply` messages.
 */
setNativeEnvironment();
const handle = hostThreads((reply) => process.send?.(reply));
process.on('message', (request) => {
  handle(request as HostRequest);
});
// A terminal sends these signals to every process of its group. Ignore them: only the coordinator decides when to stop.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
// Without the coordinator nobody holds the store's lock, so this process must not write any more.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
