import { skipWithout } from '../required-tool.js';
import { missingRedis } from './redis-server.js';

/** Reason to skip tests with a real Redis, or false. */
export const noRedis = skipWithout(missingRedis);
