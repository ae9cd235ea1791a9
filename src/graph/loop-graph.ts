import type { DataType } from '@tensorflow/tfjs-node';
import { constant, functionBody, shapeProto, typeNumber } from './graph-def.js';
import type { LoopShapes } from './loop.js';
import type { Recording, TensorShape } from './record.js';
import type { FunctionDef, GraphDef, NodeDef } from './saved-model-schema.js';

interface Variable extends TensorShape {
  readonly name: string;
}

const SCALAR = { dtype: 'int32', shape: [] } as const;
const INDEX: Variable = { name: 'index', ...SCALAR };
const COUNT: Variable = { name: 'count', ...SCALAR };
const FIRST_STEP: Variable = { name: 'first_step', ...SCALAR };

/** Marks a function that XLA compiles as a whole, or refuses. */
const MUST_COMPILE = { _XlaMustCompile: { b: true } };

/** Names of the graph's inputs, in order: count, first step, inputs, state. */
export function placeholderNodes(shapes: LoopShapes): string[] {
  return parameters(shapes).map(({ name }) => name);
}

/** Names of the graph's outputs, in order: log, state. */
export function outputNodes(shapes: LoopShapes): string[] {
  return ['log', ...stateVariables(shapes).map(({ name }) => name)].map((name) => `${name}_out`);
}

/**
 * A graph that runs the recorded step `count` times, `maxSteps` at most, and logs its metrics: placeholders and one call of the
 * function `loop`, which XLA compiles. `loop` makes an empty log and runs a While of the functions `condition` and `body`.
 */
export function loopGraph(recording: Recording, shapes: LoopShapes, maxSteps: number): GraphDef {
  const width = recording.outputs[0]?.shape[0] ?? 0;
  const log: Variable = { name: 'log', dtype: 'float32', shape: [maxSteps, width] };
  const variables = [INDEX, log, ...parameters(shapes)];
  const results = [log, ...stateVariables(shapes)];
  const functions = [
    conditionFunction(variables),
    bodyFunction(recording, variables, shapes),
    loopFunction(variables, parameters(shapes), results),
  ];
  return { node: mainNodes(parameters(shapes), results), library: { function: functions } };
}

function parameters(shapes: LoopShapes): Variable[] {
  return [COUNT, FIRST_STEP, ...inputVariables(shapes), ...stateVariables(shapes)];
}

function inputVariables(shapes: LoopShapes): Variable[] {
  return shapes.inputs.map((shape, index) => ({ name: `input${String(index)}`, ...shape }));
}

function stateVariables(shapes: LoopShapes): Variable[] {
  return shapes.state.map((shape, index) => ({ name: `state${String(index)}`, ...shape }));
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
  const outputs = results.map(({ name, dtype }, index) => ({
    name: `${name}_out`,
    op: 'Identity',
    input: [`call:${String(index)}`],
    attr: { T: { type: typeNumber(dtype) } },
  }));
  return [...placeholders, call, ...outputs];
}

function loopFunction(
  variables: readonly Variable[],
  inputs: readonly Variable[],
  results: readonly Variable[],
): FunctionDef {
  const [, log] = variables;
  const nodes = [
    constant('zero', 'int32', [], [0]),
    constant('log_shape', 'int32', [2], log?.shape ?? []),
    constant('log_value', 'float32', [], [0]),
    {
      name: 'empty_log',
      op: 'Fill',
      input: ['log_shape:output:0', 'log_value:output:0'],
      attr: { T: { type: typeNumber('float32') }, index_type: { type: typeNumber('int32') } },
    },
    {
      name: 'while',
      op: 'StatelessWhile',
      input: ['zero:output:0', 'empty_log:output:0', ...inputs.map(({ name }) => name)],
      attr: {
        T: { list: { type: types(variables) } },
        cond: { func: { name: 'condition' } },
        body: { func: { name: 'body' } },
        output_shapes: { list: { shape: [] } },
        parallel_iterations: { i: 1 },
      },
    },
  ];
  const position = new Map(variables.map(({ name }, index) => [name, index]));
  const values = results.map(({ name }) => `while:output:${String(position.get(name))}`);
  return { ...functionDef('loop', inputs, results, nodes, values), attr: MUST_COMPILE };
}

function conditionFunction(variables: readonly Variable[]): FunctionDef {
  const less = {
    name: 'less',
    op: 'Less',
    input: [INDEX.name, COUNT.name],
    attr: { T: { type: typeNumber('int32') } },
  };
  return functionDef(
    'condition',
    variables,
    [{ name: 'goes_on', dtype: 'bool', shape: [] }],
    [less],
    ['less:z:0'],
  );
}

function bodyFunction(recording: Recording, variables: readonly Variable[], shapes: LoopShapes): FunctionDef {
  const inputs = [...inputVariables(shapes), ...stateVariables(shapes)].map(({ name }) => name);
  const step = functionBody(recording, ['step:z:0', ...inputs]);
  const [metrics = '', ...state] = step.outputs;
  const nodes = [
    constant('one', 'int32', [], [1]),
    int32Sum('next_index', INDEX.name, 'one:output:0'),
    int32Sum('step', FIRST_STEP.name, INDEX.name),
    ...step.nodes,
    ...logNodes(metrics),
  ];
  const updated = new Map(stateVariables(shapes).map(({ name }, index) => [name, state[index] ?? name]));
  updated.set(INDEX.name, 'next_index:z:0').set('log', 'updated_log:output:0');
  const values = variables.map(({ name }) => updated.get(name) ?? name);
  return functionDef('body', variables, variables, nodes, values);
}

/** Writes the metrics into row `index` of the log. */
function logNodes(metrics: string): NodeDef[] {
  const int32 = { type: typeNumber('int32') };
  const float32 = { type: typeNumber('float32') };
  return [
    constant('row_shape', 'int32', [2], [1, 1]),
    constant('row_axis', 'int32', [], [0]),
    {
      name: 'row_index',
      op: 'Reshape',
      input: [INDEX.name, 'row_shape:output:0'],
      attr: { T: int32, Tshape: int32 },
    },
    {
      name: 'row',
      op: 'ExpandDims',
      input: [metrics, 'row_axis:output:0'],
      attr: { T: float32, Tdim: int32 },
    },
    {
      name: 'updated_log',
      op: 'TensorScatterUpdate',
      input: ['log', 'row_index:output:0', 'row:output:0'],
      attr: { T: float32, Tindices: int32 },
    },
  ];
}

function int32Sum(name: string, a: string, b: string): NodeDef {
  return { name, op: 'AddV2', input: [a, b], attr: { T: { type: typeNumber('int32') } } };
}

/** `values` are the results' values inside the function. */
function functionDef(
  name: string,
  inputs: readonly Variable[],
  results: readonly Variable[],
  nodes: readonly NodeDef[],
  values: readonly string[],
): FunctionDef {
  const argument = (suffix: string) => (variable: Variable) => ({
    name: `${variable.name}${suffix}`,
    type: typeNumber(variable.dtype),
  });
  return {
    signature: { name, input_arg: inputs.map(argument('')), output_arg: results.map(argument('_result')) },
    node_def: nodes,
    ret: Object.fromEntries(results.map((result, index) => [`${result.name}_result`, values[index] ?? ''])),
  };
}

function types(variables: readonly { readonly dtype: DataType }[]): number[] {
  return variables.map(({ dtype }) => typeNumber(dtype));
}
