import {
  functionDef,
  int32Sum,
  lessFunction,
  types,
  whileNode,
  whileResults,
  type Variable,
} from './function-def.js';
import { constant, functionBody, operationNode, shapeProto, typeNumber } from './graph-def.js';
import type { LoopShapes } from '../loop.js';
import type { TensorShape } from '../record.js';
import type { RecordedLoop } from '../recorded-loop.js';
import type { FunctionDef, GraphDef, NodeDef } from './saved-model-schema.js';

const SCALAR = { dtype: 'int32', shape: [] } as const;
const COUNT: Variable = { name: 'count', ...SCALAR };
const FIRST_STEP: Variable = { name: 'first_step', ...SCALAR };
/** Number of steps done. */
const INDEX: Variable = { name: 'index', ...SCALAR };
/** Number of steps done before the block and at its end. */
const BLOCK_START: Variable = { name: 'block_start', ...SCALAR };
const BLOCK_END: Variable = { name: 'block_end', ...SCALAR };

const INT32 = { type: typeNumber('int32') };
const FLOAT32 = { type: typeNumber('float32') };
/** Attribute of a function that XLA must compile as a whole; it fails otherwise. */
const MUST_COMPILE = { _XlaMustCompile: { b: true } };

/** Returns the names of the graph's inputs in order: count, first step, inputs, state. */
export function placeholderNodes(shapes: LoopShapes): string[] {
  return parameters(shapes).map(({ name }) => name);
}

/** Returns the names of the graph's outputs in order: log, state. */
export function outputNodes(shapes: LoopShapes): string[] {
  return ['log', ...stateVariables(shapes).map(({ name }) => name)].map((name) => `${name}_out`);
}

/**
 * Returns a graph that runs the recorded step `count` times, at most `maxSteps`, and logs its metrics. It consists of placeholders and
 * one call of the function `loop`, which XLA compiles. `loop` computes the keys, creates an empty log, and runs the While loop `blocks`
 * over blocks of steps. The body of `blocks` draws the random numbers of a block and runs the While loop `steps` over its steps; each
 * step takes its row of the drawn tensors. The keys are computed outside of the loops: inside, XLA would fuse them into the draws and
 * compute the keys of a step again for each number.
 */
export function loopGraph(recorded: RecordedLoop, shapes: LoopShapes, maxSteps: number): GraphDef {
  const width = recorded.step.outputs[0]?.shape[0] ?? 0;
  const log: Variable = { name: 'log', dtype: 'float32', shape: [maxSteps, width] };
  const blocks = [INDEX, log, ...parameters(shapes), ...keyVariables(recorded)];
  const steps = [...blocks, BLOCK_START, BLOCK_END, ...drawnVariables(recorded)];
  const results = [log, ...stateVariables(shapes)];
  const functions = [
    lessFunction('blocks_condition', blocks, INDEX, COUNT),
    blockFunction(recorded, blocks, steps),
    lessFunction('steps_condition', steps, INDEX, BLOCK_END),
    stepFunction(recorded, steps, shapes),
    loopFunction(recorded, blocks, results, shapes),
  ];
  return { node: mainNodes(parameters(shapes), results), library: { function: functions } };
}

function parameters(shapes: LoopShapes): Variable[] {
  return [COUNT, FIRST_STEP, ...inputVariables(shapes), ...stateVariables(shapes)];
}

function inputVariables(shapes: LoopShapes): Variable[] {
  return numbered('input', shapes.inputs);
}

function stateVariables(shapes: LoopShapes): Variable[] {
  return numbered('state', shapes.state);
}

function keyVariables({ keys }: RecordedLoop): Variable[] {
  return numbered('key', keys.outputs);
}

function drawnVariables({ draw }: RecordedLoop): Variable[] {
  return numbered('drawn', draw.outputs);
}

function numbered(prefix: string, shapes: readonly TensorShape[]): Variable[] {
  return shapes.map(({ dtype, shape }, index) => ({ name: `${prefix}${index}`, dtype, shape }));
}

function mainNodes(inputs: readonly Variable[], results: readonly Variable[]): NodeDef[] {
  const placeholders = inputs.map(({ name, dtype, shape }) => ({
    name,
    op: 'Placeholder',
    attr: { dtype: { type: typeNumber(dtype) }, shape: { shape: shapeProto(shape) } },
  }));
  const call = {
    name: 'call',
    op: 'PartitionedCall',
    input: inputs.map(({ name }) => name),
    attr: {
      Tin: { list: { type: types(inputs) } },
      Tout: { list: { type: types(results) } },
      f: { func: { name: 'loop' } },
      ...MUST_COMPILE,
    },
  };
  const outputs = results.map(({ name, dtype }, index) =>
    operationNode(`${name}_out`, 'Identity', [`call:${index}`], { T: { type: typeNumber(dtype) } }),
  );
  return [...placeholders, call, ...outputs];
}

function loopFunction(
  recorded: RecordedLoop,
  blocks: readonly Variable[],
  results: readonly Variable[],
  shapes: LoopShapes,
): FunctionDef {
  const inputs = parameters(shapes);
  const [, log] = blocks;
  const keys = functionBody(recorded.keys, [
    'call_steps:z:0',
    ...inputVariables(shapes).map(({ name }) => name),
  ]);
  const nodes = [
    constant('zero', 'int32', [], [0]),
    constant('log_shape', 'int32', [2], log?.shape ?? []),
    constant('log_value', 'float32', [], [0]),
    operationNode('empty_log', 'Fill', ['log_shape:output:0', 'log_value:output:0'], {
      T: FLOAT32,
      index_type: INT32,
    }),
    constant('offsets', 'int32', [recorded.callSteps], [...Array(recorded.callSteps).keys()]),
    int32Sum('call_steps', FIRST_STEP.name, 'offsets:output:0'),
    ...keys.nodes,
    whileNode('blocks', blocks, [
      'zero:output:0',
      'empty_log:output:0',
      ...inputs.map(({ name }) => name),
      ...keys.outputs,
    ]),
  ];
  const values = whileResults('blocks', blocks, results);
  return { ...functionDef('loop', inputs, results, nodes, values), attr: MUST_COMPILE };
}

/** Draws the random numbers of `blockSteps` steps, and runs as many of these steps as `count` allows. */
function blockFunction(
  recorded: RecordedLoop,
  variables: readonly Variable[],
  steps: readonly Variable[],
): FunctionDef {
  const keys = keyVariables(recorded);
  const draw = functionBody(
    recorded.draw,
    keys.map(({ name }) => `${name}_rows:output:0`),
  );
  const nodes = [
    constant('block_size', 'int32', [], [recorded.blockSteps]),
    ...keys.flatMap((key) => blockRowsNodes(key, recorded.blockSteps)),
    ...draw.nodes,
    int32Sum('full_end', INDEX.name, 'block_size:output:0'),
    operationNode('end', 'Minimum', ['full_end:z:0', COUNT.name], { T: INT32 }),
    whileNode('steps', steps, [...variables.map(({ name }) => name), INDEX.name, 'end:z:0', ...draw.outputs]),
  ];
  return functionDef('blocks_body', variables, variables, nodes, whileResults('steps', steps, variables));
}

/** Returns nodes for the block's rows of a key; their value is `<name>_rows:output:0`. */
function blockRowsNodes({ name, dtype, shape }: Variable, blockSteps: number): NodeDef[] {
  const rest = shape.slice(1);
  return [
    constant(
      `${name}_zeros`,
      'int32',
      [rest.length],
      rest.map(() => 0),
    ),
    constant(`${name}_size`, 'int32', [shape.length], [blockSteps, ...rest]),
    constant(`${name}_one`, 'int32', [1], [1]),
    constant(`${name}_concat_axis`, 'int32', [], [0]),
    operationNode(`${name}_first`, 'Reshape', [INDEX.name, `${name}_one:output:0`], {
      T: INT32,
      Tshape: INT32,
    }),
    operationNode(
      `${name}_begin`,
      'ConcatV2',
      [`${name}_first:output:0`, `${name}_zeros:output:0`, `${name}_concat_axis:output:0`],
      { N: { i: 2 }, T: INT32, Tidx: INT32 },
    ),
    operationNode(`${name}_rows`, 'Slice', [name, `${name}_begin:output:0`, `${name}_size:output:0`], {
      T: { type: typeNumber(dtype) },
      Index: INT32,
    }),
  ];
}

function stepFunction(
  recorded: RecordedLoop,
  variables: readonly Variable[],
  shapes: LoopShapes,
): FunctionDef {
  const drawn = drawnVariables(recorded);
  const step = functionBody(recorded.step, [
    'step:z:0',
    ...inputVariables(shapes).map(({ name }) => name),
    ...drawn.map(({ name }) => `${name}_row:output:0`),
    ...stateVariables(shapes).map(({ name }) => name),
  ]);
  const [metrics = '', ...state] = step.outputs;
  const nodes = [
    constant('one', 'int32', [], [1]),
    int32Sum('next_index', INDEX.name, 'one:output:0'),
    int32Sum('step', FIRST_STEP.name, INDEX.name),
    operationNode('row_in_block', 'Sub', [INDEX.name, BLOCK_START.name], { T: INT32 }),
    ...drawn.flatMap(rowNodes),
    ...step.nodes,
    ...logNodes(metrics),
  ];
  const updated = new Map(stateVariables(shapes).map(({ name }, index) => [name, state[index] ?? name]));
  updated.set(INDEX.name, 'next_index:z:0').set('log', 'updated_log:output:0');
  const values = variables.map(({ name }) => updated.get(name) ?? name);
  return functionDef('steps_body', variables, variables, nodes, values);
}

/** Returns nodes for row `row_in_block` of a drawn tensor; its value is `<name>_row:output:0`. */
function rowNodes({ name, dtype }: Variable): NodeDef[] {
  return [
    constant(`${name}_axis`, 'int32', [], [0]),
    operationNode(`${name}_row`, 'GatherV2', [name, 'row_in_block:z:0', `${name}_axis:output:0`], {
      Tparams: { type: typeNumber(dtype) },
      Tindices: INT32,
      Taxis: INT32,
      batch_dims: { i: 0 },
    }),
  ];
}

/** Returns nodes that write the metrics into row `index` of the log. */
function logNodes(metrics: string): NodeDef[] {
  return [
    constant('row_shape', 'int32', [2], [1, 1]),
    constant('row_axis', 'int32', [], [0]),
    operationNode('row_index', 'Reshape', [INDEX.name, 'row_shape:output:0'], { T: INT32, Tshape: INT32 }),
    operationNode('row', 'ExpandDims', [metrics, 'row_axis:output:0'], { T: FLOAT32, Tdim: INT32 }),
    operationNode('updated_log', 'TensorScatterUpdate', ['log', 'row_index:output:0', 'row:output:0'], {
      T: FLOAT32,
      Tindices: INT32,
    }),
  ];
}
