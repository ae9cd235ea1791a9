/** Folders in layers: each lists the folders that it may import. All may import `errors`, `units` and their own files. */
const layers = {
  task: [],
  input: ['task'],
  store: ['task'],
  logs: ['task', 'store'],
  search: ['task', 'compiler'],
  sweep: ['task', 'input', 'search'],
  compiler: [],
  forms: ['task', 'store', 'logs', 'compiler'],
  pool: ['task', 'store'],
  run: ['task', 'store', 'search', 'sweep', 'pool'],
  remote: ['task', 'store', 'pool', 'run'],
  report: ['task', 'input', 'store', 'logs', 'search', 'sweep'],
  export: ['task', 'store', 'logs', 'sweep', 'compiler'],
  dashboard: ['task', 'input', 'store', 'logs', 'search', 'sweep', 'run', 'report'],
  'experiments/theory': ['task', 'store', 'logs', 'sweep', 'forms'],
  'experiments/vae': ['task', 'store', 'logs', 'sweep', 'compiler', 'forms', 'report', 'experiments/theory'],
  'experiments/user': ['task', 'input', 'store', 'logs', 'compiler', 'forms'],
  'experiments/paper': ['task', 'store', 'logs', 'sweep', 'report', 'experiments/theory', 'experiments/vae'],
  experiments: [
    'task',
    'report',
    'experiments/theory',
    'experiments/vae',
    'experiments/paper',
    'experiments/user',
  ],
  cli: [
    'task',
    'input',
    'store',
    'logs',
    'search',
    'sweep',
    'compiler',
    'forms',
    'pool',
    'run',
    'remote',
    'report',
    'export',
    'dashboard',
    'experiments',
    'api',
  ],
  api: [
    'task',
    'input',
    'store',
    'logs',
    'sweep',
    'compiler',
    'forms',
    'pool',
    'run',
    'remote',
    'report',
    'export',
    'dashboard',
    'experiments',
    'experiments/user',
  ],
};

/** `experiments` stands for the files directly in it. */
const own = (room) => (room === 'experiments' ? '^src/experiments/[^/]+$' : `^src/${room}/`);

const withoutTensorFlow =
  '^src/((task|input|store|logs|search|sweep|pool|run|remote|report|dashboard|cli)/|export/(?!tensorboard/)|experiments/([^/]+$|theory/|paper/|user/(?!training)|vae/((family|numerics-version|collapse)[.]|settings/|metrics/|plugins/)))';

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(([room, below]) => ({
      name: `layer-of-${room.replace('/', '-')}`,
      severity: 'error',
      from: { path: own(room) },
      to: {
        path: '^(src|workers|test|bench)/',
        pathNot: [...below.map(own), own(room), '^src/(errors|units)[.]ts$'],
      },
    })),
    {
      name: 'flow-of-workers',
      severity: 'error',
      from: { path: '^workers/' },
      to: {
        path: '^(src|test|bench)/',
        pathNot: '^src/((task|input|forms|pool|compiler|export/tensorboard)/|experiments/index[.]|errors[.])',
      },
    },
    {
      name: 'the-page-is-for-browsers',
      severity: 'error',
      from: { path: '^src/dashboard/page/' },
      to: { pathNot: '^(src/dashboard/page/|node_modules/(preact|uplot|@tanstack)/)' },
    },
    {
      name: 'the-server-knows-the-protocol',
      severity: 'error',
      from: { path: '^src/dashboard/[^/]+$' },
      to: { path: '^src/dashboard/page/', pathNot: '^src/dashboard/page/protocol[.]ts$' },
    },
    {
      name: 'one-door-to-tensorflow',
      severity: 'error',
      from: { pathNot: '^src/compiler/native/' },
      to: { path: 'node_modules/@tensorflow/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-door-to-redis',
      severity: 'error',
      from: { pathNot: '^(src/remote/queue/|test/remote/redis-server[.]ts$)' },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'one-door-to-s3',
      severity: 'error',
      from: { pathNot: '^src/remote/bucket/object-store[.]ts$' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    {
      name: 's3-loads-on-demand',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/remote/bucket/' },
      to: {
        path: '^src/remote/bucket/(object-store|result-bucket)[.]ts$',
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    {
      name: 'figures-load-on-demand',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/report/figures/(render|fonts)[.]ts$' },
      to: {
        path: '^src/report/figures/(render|fonts)[.]ts$|node_modules/(vega|vega-lite|@resvg/resvg-js)/',
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    {
      name: 'queue-loads-on-demand',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/remote/queue/' },
      to: {
        path: '^src/remote/queue/',
        pathNot: '^src/remote/queue/(address|execute-queued|run-worker)[.]ts$',
      },
    },
    {
      name: 'planning-loads-no-tensorflow',
      severity: 'error',
      from: { path: withoutTensorFlow },
      to: { path: '^src/compiler/native/tensorflow[.]ts$', reachable: true },
    },
    {
      name: 'planning-loads-no-matrices',
      severity: 'error',
      from: { path: '^src/(task|search|sweep)/' },
      to: { path: '(^src/experiments/theory/ode[.]ts$|node_modules/ml-matrix/)', reachable: true },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '[.](d[.]ts|json)$' },
      to: {},
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      // The set-up of an installed package installs tfjs-node.
      from: { path: '^(src|workers)/', pathNot: '^src/compiler/native/tensorflow[.]ts$' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
