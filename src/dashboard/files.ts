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
  'table-core.mjs': packageFile('@tanstack/table-core'),
  'uPlot.esm.js': path.join(path.dirname(packageFile('uplot')), 'uPlot.esm.js'),
  'uPlot.min.css': path.join(path.dirname(packageFile('uplot')), 'uPlot.min.css'),
};

/** The folder of a package that consists of several modules. */
const VIRTUAL_FOLDER = path.dirname(packageFile('@tanstack/virtual-core'));

const PAGE_FOLDER = fileURLToPath(new URL('./page/', import.meta.url));
const ASSETS_FOLDER = fileURLToPath(new URL('../../../assets/', import.meta.url));

/** Serves the page and the files that it loads. Only files below the page's folder are found by the path of a request. */
export async function serveFiles(server: FastifyInstance): Promise<void> {
  await server.register(fastifyStatic, { root: PAGE_FOLDER, prefix: '/page/', index: false });
  const html = pageHtml(modulesIn(PAGE_FOLDER));
  await server.register(fastifyStatic, {
    root: VIRTUAL_FOLDER,
    prefix: '/packages/virtual-core/',
    index: false,
    decorateReply: false,
  });
  server.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(html));
  server.get('/assets/dashboard.css', (_request, reply) => reply.sendFile('dashboard.css', ASSETS_FOLDER));
  for (const [name, file] of Object.entries(PACKAGES))
    server.get(`/packages/${name}`, (_request, reply) =>
      reply.sendFile(path.basename(file), path.dirname(file)),
    );
}

/** Returns the paths of all modules in the page's folder, in the form of URLs. */
function modulesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.js')).map((name) => name.split(path.sep).join('/'));
}

function packageFile(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}
