import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { pageHtml } from './page-html.js';

/** Files of npm packages that the page loads, by the names under which they are served. */
const PACKAGES: Readonly<Record<string, string>> = {
  'preact.mjs': packageFile('preact'),
  'hooks.mjs': packageFile('preact/hooks'),
  'jsxRuntime.mjs': packageFile('preact/jsx-runtime'),
  'uPlot.esm.js': path.join(path.dirname(packageFile('uplot')), 'uPlot.esm.js'),
  'uPlot.min.css': path.join(path.dirname(packageFile('uplot')), 'uPlot.min.css'),
};

const PAGE_FOLDER = fileURLToPath(new URL('./page/', import.meta.url));
const ASSETS_FOLDER = fileURLToPath(new URL('../../../assets/', import.meta.url));

/** Serves the page and the files that it loads. Only files below the page's folder are found by the path of a request. */
export async function serveFiles(server: FastifyInstance): Promise<void> {
  await server.register(fastifyStatic, { root: PAGE_FOLDER, prefix: '/page/', index: false });
  const html = pageHtml(readdirSync(PAGE_FOLDER).filter((name) => name.endsWith('.js')));
  server.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(html));
  server.get('/assets/dashboard.css', (_request, reply) => reply.sendFile('dashboard.css', ASSETS_FOLDER));
  for (const [name, file] of Object.entries(PACKAGES))
    server.get(`/packages/${name}`, (_request, reply) =>
      reply.sendFile(path.basename(file), path.dirname(file)),
    );
}

function packageFile(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}
