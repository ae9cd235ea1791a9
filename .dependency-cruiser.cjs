/**
 * Folders are the stages of a run, and imports point one way. Each folder names all that it may import; `errors`, `units`
 * and its own files are open to it.
 */
const flow = {
  // Settings of the theory's computations, which load neither matrices nor solvers.
  // A plugin's contract, and which ones this process has.
  plugins: ['sweep/task', 'vae/metrics/metric'],
  sweep: [
    'compiler/engine',
    'plugins/registry',
    'theory/computations/[a-z-]+-settings',
    'theory/identities/names',
  ],
  store: ['sweep'],
  // The compiler of tfjs loops, with the one door to tfjs and JAX's random numbers. It stands alone: `vae-sweep/compiler`.
  compiler: [],
  vae: ['plugins', 'compiler'],
  // Computations in float64 that plain JSON describes: no TensorFlow, no sweep, no files.
  theory: [],
  logs: ['sweep', 'vae/metrics', 'store/files'],
  // It may start at Theorem 4's optimum, which is a pure function.
  training: ['plugins/registry', 'vae', 'compiler', 'logs', 'store', 'sweep', 'theory/bad-optimum'],
  // Runs the computations; of the training, what every task's thread has.
  computing: [
    'theory/computations',
    'logs',
    'store',
    'sweep',
    'training/(protocol|clock|failed-outcome|session-record)',
  ],
  // Never load TensorFlow: they know the threads' protocol.
  pool: ['plugins/registry', 'sweep', 'store/(predecessors|task-folder)', 'training/protocol'],
  bucket: ['store', 'sweep'],
  queue: ['bucket', 'pool', 'store', 'sweep', 'plugins/registry', 'training/protocol'],
  coordinator: [
    'bucket',
    'queue',
    'pool',
    'store',
    'sweep',
    'plugins',
    'logs/schemas',
    'training/protocol',
    'tensorboard/protocol',
  ],
  // Of the theory they know what its columns and numbers are called, never how they are computed.
  aggregate: ['logs', 'store', 'sweep', 'theory/computations/quantities'],
  report: ['aggregate', 'logs', 'sweep', 'plugins', 'store/files', 'theory/computations/quantities'],
  // Reads what a store tells; its page has a rule of its own.
  serve: ['coordinator/status', 'report', 'aggregate', 'logs', 'store', 'sweep'],
  // Logs and verdicts to one file; its columns are those of the logs and the settings. Of a task that is not done its checkpoint tells.
  export: ['logs', 'store', 'sweep', 'training/checkpoint', 'theory/computations/quantities'],
  // In a process of its own, which coordinator/event-writer starts and knows the protocol of.
  tensorboard: ['compiler', 'export/(log-columns|task-logs|table)', 'logs', 'store', 'sweep'],
  // The package's own exports, but for the compiler's.
  library: [
    'coordinator',
    'pool/process-pool',
    'plugins',
    'logs',
    'store',
    'sweep',
    'compiler',
    'vae/metrics/metric',
  ],
  // `doctor` tries TensorFlow in a process of its own, workers/diagnose.
  cli: [
    'plugins/registry',
    'coordinator',
    'pool/process-pool',
    'bucket',
    'queue',
    'serve/(server|stored-sweeps)',
    'report',
    'export',
    'aggregate',
    'store',
    'sweep',
    'compiler/native/(cpu|environment)',
    'training/protocol',
  ],
};

const withoutTensorFlow =
  '^src/(cli|serve|plugins|coordinator|queue|bucket|pool|sweep|store|theory|computing|logs|aggregate|report|export)/';

module.exports = {
  forbidden: [
    ...Object.entries(flow).map(([folder, imports]) => ({
      name: `flow-of-${folder}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: {
        path: '^(src|workers|test|bench)/',
        pathNot: [
          `^src/${folder}/`,
          '^src/(errors|units)[.]ts$',
          ...imports.map((name) => `^src/${name}([./]|$)`),
        ],
      },
    })),
    {
      name: 'flow-of-workers',
      severity: 'error',
      from: { path: '^workers/' },
      to: {
        path: '^(src|test|bench)/',
        pathNot: '^src/((training|computing|pool|compiler|sweep|plugins|tensorboard)/|errors[.])',
      },
    },
    {
      name: 'the-page-is-for-browsers',
      comment:
        'It loads its own files and what src/serve/files.ts serves; of the server it knows what they say to each other.',
      severity: 'error',
      from: { path: '^src/serve/page/' },
      to: { pathNot: '^(src/serve/page/|node_modules/(preact|uplot)/)' },
    },
    {
      name: 'the-server-knows-the-protocol',
      severity: 'error',
      from: { path: '^src/serve/[^/]+$' },
      to: { path: '^src/serve/page/', pathNot: '^src/serve/page/protocol[.]ts$' },
    },
    {
      name: 'one-door-to-tensorflow',
      comment: 'src/compiler/native/tensorflow.ts restores what tfjs-node misses before it is loaded.',
      severity: 'error',
      from: { pathNot: '^src/compiler/native/' },
      to: { path: 'node_modules/@tensorflow/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-door-to-redis',
      comment: 'Only a sweep with --queue loads these, by importing src/queue when it starts.',
      severity: 'error',
      from: { pathNot: '^(src/queue/|bench/redis-server[.]ts$)' },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'one-door-to-s3',
      comment: 'Only a command with --bucket, or that merges one, loads it.',
      severity: 'error',
      from: { pathNot: '^src/bucket/objects[.]ts$' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    {
      name: 's3-loads-on-demand',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/bucket/' },
      to: {
        path: '^src/bucket/(objects|result-bucket)[.]ts$',
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    {
      name: 'planning-loads-no-tensorflow',
      comment: 'Starting, planning and reporting take under a second.',
      severity: 'error',
      from: { path: withoutTensorFlow },
      to: { path: '^src/compiler/native/tensorflow[.]ts$', reachable: true },
    },
    {
      name: 'planning-loads-no-matrices',
      comment: 'A sweep file is checked with the settings of the computations alone.',
      severity: 'error',
      from: { path: '^src/sweep/' },
      to: { path: '(^src/theory/ode[.]ts$|node_modules/ml-matrix/)', reachable: true },
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
      from: { path: '^(src|workers)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
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
