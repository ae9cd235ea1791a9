/**
 * Folders are the stages of a run, and imports point one way. Each folder names all that it may import; `errors`, `units`
 * and its own files are open to it.
 */
const flow = {
  sweep: [],
  store: ['sweep'],
  native: [],
  random: ['native'],
  graph: ['native'],
  vae: ['native', 'random'],
  // Computations in float64 that plain JSON describes: no TensorFlow, no sweep, no files.
  theory: [],
  logs: ['sweep', 'vae/metrics', 'store/files'],
  training: ['vae', 'graph', 'random', 'native', 'logs', 'store', 'sweep'],
  // Never load TensorFlow: they know the threads' protocol.
  pool: ['sweep', 'store/(predecessors|task-folder)', 'training/protocol'],
  queue: ['pool', 'store', 'sweep', 'training/protocol'],
  coordinator: ['queue', 'pool', 'store', 'sweep', 'training/protocol'],
  aggregate: ['logs', 'store', 'sweep'],
  report: ['aggregate', 'logs', 'sweep', 'store/files'],
  // `doctor` tries TensorFlow in a process of its own, workers/diagnose.
  cli: [
    'coordinator',
    'pool/process-pool',
    'queue',
    'report',
    'aggregate',
    'store',
    'sweep',
    'native/(cpu|environment)',
    'training/protocol',
  ],
};

const withoutTensorFlow = '^src/(cli|coordinator|queue|pool|sweep|store|theory|logs|aggregate|report)/';

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
      to: { path: '^(src|test|bench)/', pathNot: '^src/(training|pool|native|sweep)/' },
    },
    {
      name: 'one-door-to-tensorflow',
      comment: 'src/native/tensorflow.ts mends what tfjs-node misses before it is loaded.',
      severity: 'error',
      from: { pathNot: '^src/native/' },
      to: { path: 'node_modules/@tensorflow/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-door-to-redis',
      comment: 'Only a sweep with --queue loads these, by importing src/queue when it starts.',
      severity: 'error',
      from: { pathNot: '^src/queue/' },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'planning-loads-no-tensorflow',
      comment: 'Starting, planning and reporting take under a second.',
      severity: 'error',
      from: { path: withoutTensorFlow },
      to: { path: '^src/native/tensorflow[.]ts$', reachable: true },
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
