import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { say } from './report.mjs';

/**
 * Runs `work` while no other setup of this user is running, so that two terminals do not install into the same folder and a second clone
 * waits for the first one's download. The lock is an abstract socket, which the kernel releases with its process, so that it can't be
 * stale. Only Linux has abstract sockets: on other systems there is no lock.
 */
export async function withSetupLock(work) {
  if (process.platform !== 'linux') return work();
  const lock = await acquire(`\0vae-sweep-setup-${process.getuid()}`);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function acquire(name) {
  for (let attempt = 0; ; attempt += 1) {
    const server = createServer();
    server.listen(name);
    try {
      await once(server, 'listening');
      return server;
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
    if (attempt === 0) say('Another setup is running; waiting for it to finish');
    await delay(250);
  }
}
