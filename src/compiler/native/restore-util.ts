import { createRequire } from 'node:module';

/**
 * tfjs-node 4.22.0 calls `util.isNullOrUndefined` and `util.isArray`, which Node 23 removed
 * (https://github.com/tensorflow/tfjs/issues/8425). This module restores them on the CommonJS module object that tfjs-node uses.
 */
const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
util['isArray'] ??= Array.isArray;
