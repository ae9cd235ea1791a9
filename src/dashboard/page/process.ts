/**
 * Defines `process.env`, which TanStack's packages read although browsers do not have it. Bundlers would replace it, but this page is
 * not bundled.
 */
Object.assign(globalThis, { process: { env: { NODE_ENV: 'production' } } });
export {};
