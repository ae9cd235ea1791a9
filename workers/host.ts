import { setNativeEnvironment } from '../src/compiler/native/environment.js';
import { hostThreads } from '../src/pool/host.js';
import type { HostRequest } from '../src/pool/host-protocol.js';

/** Entry of a process that hosts training threads: what crashes in native code ends it, and not the coordinator. */
setNativeEnvironment();
const handle = hostThreads((reply) => process.send?.(reply));
process.on('message', (request) => {
  handle(request as HostRequest);
});
// A terminal sends them to all its processes; the coordinator's request decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
// Without its coordinator nobody holds the store's lock for it.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
