import type { DataType } from '@tensorflow/tfjs-node';
import { typeNumber } from './graph-def.js';
import type { TensorShape } from '../record.js';
import type { FunctionDef, NodeDef } from './saved-model-schema.js';

/** A named argument or result of a function. */
export interface Variable extends TensorShape {
  readonly name: string;
}

const INT32 = { type: typeNumber('int32') };

/**
 * Returns the definition of a TensorFlow function.
 * @param values the names of the results' values among the function's nodes and arguments
 */
export function functionDef(
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

/**
 * Returns a node that calls the function `<name>_body` on its variables while `<name>_condition` is true.
 * @param start the names of the initial values of the variables
 */
export function whileNode(name: string, variables: readonly Variable[], start: readonly string[]): NodeDef {
  return {
    name,
    op: 'StatelessWhile',
    input: start,
    attr: {
      T: { list: { type: types(variables) } },
      cond: { func: { name: `${name}_condition` } },
      body: { func: { name: `${name}_body` } },
      output_shapes: { list: { shape: [] } },
      parallel_iterations: { i: 1 },
    },
  };
}

/** Returns the names of the values of `results` after the loop `name` over `variables`. */
export function whileResults(
  name: string,
  variables: readonly Variable[],
  results: readonly Variable[],
): string[] {
  const position = new Map(variables.map((variable, index) => [variable.name, index]));
  return results.map((result) => `${name}:output:${position.get(result.name)}`);
}

/** Returns a function that is true while the int32 variable `a` is below `b`. */
export function lessFunction(
  name: string,
  variables: readonly Variable[],
  a: Variable,
  b: Variable,
): FunctionDef {
  const less = { name: 'less', op: 'Less', input: [a.name, b.name], attr: { T: INT32 } };
  return functionDef(
    name,
    variables,
    [{ name: 'continues', dtype: 'bool', shape: [] }],
    [less],
    ['less:z:0'],
  );
}

/** Returns a node for `a` + `b`; its value is `<name>:z:0`. */
export function int32Sum(name: string, a: string, b: string): NodeDef {
  return { name, op: 'AddV2', input: [a, b], attr: { T: INT32 } };
}

export function types(variables: readonly { readonly dtype: DataType }[]): number[] {
  return variables.map(({ dtype }) => typeNumber(dtype));
}
