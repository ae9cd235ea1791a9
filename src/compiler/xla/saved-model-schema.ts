import protobuf from 'protobufjs';

/**
 * The part of TensorFlow's protocol buffers (`tensorflow/core/protobuf/saved_model.proto` and its imports) that a compiled loop needs.
 * Field numbers are TensorFlow's; fields that are never written are left out.
 */
const PROTO = `
syntax = "proto3";
message Dim { int64 size = 1; }
message Shape { repeated Dim dim = 2; }
message TensorProto { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; }
message NameAttrList { string name = 1; map<string, AttrValue> attr = 2; }
message ListValue {
  repeated bytes s = 2; repeated int64 i = 3; repeated float f = 4; repeated bool b = 5; repeated int32 type = 6;
  repeated Shape shape = 7;
}
message AttrValue {
  oneof value {
    ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6; Shape shape = 7;
    TensorProto tensor = 8; NameAttrList func = 10;
  }
}
message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
message VersionDef { int32 producer = 1; }
message ArgDef { string name = 1; int32 type = 3; }
message OpDef { string name = 1; repeated ArgDef input_arg = 2; repeated ArgDef output_arg = 3; }
message FunctionDef {
  OpDef signature = 1; map<string, AttrValue> attr = 5; repeated NodeDef node_def = 3; map<string, string> ret = 4;
}
message FunctionDefLibrary { repeated FunctionDef function = 1; }
message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; FunctionDefLibrary library = 2; }
message MetaInfoDef { repeated string tags = 4; }
message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; }
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
`;

export interface ShapeProto {
  readonly dim: readonly { readonly size: number }[];
}

/** An attribute value with exactly one field, named as in TensorFlow's AttrValue. */
export interface AttrValue {
  readonly list?: {
    readonly type?: readonly number[];
    readonly i?: readonly number[];
    readonly shape?: readonly ShapeProto[];
  };
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: ShapeProto;
  readonly tensor?: {
    readonly dtype: number;
    readonly tensor_shape: ShapeProto;
    readonly tensor_content: Uint8Array;
  };
  readonly func?: { readonly name: string };
}

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, AttrValue>>;
}

export interface ArgDef {
  readonly name: string;
  readonly type: number;
}

export interface FunctionDef {
  readonly signature: {
    readonly name: string;
    readonly input_arg: readonly ArgDef[];
    readonly output_arg: readonly ArgDef[];
  };
  readonly attr?: Readonly<Record<string, AttrValue>>;
  readonly node_def: readonly NodeDef[];
  readonly ret: Readonly<Record<string, string>>;
}

export interface GraphDef {
  readonly node: readonly NodeDef[];
  readonly library: { readonly function: readonly FunctionDef[] };
}

/** The graph version of the nodes' attributes. TensorFlow 2.9 and later can read it. */
const PRODUCER = 1087;
export const SERVE_TAG = 'serve';

/** Returns the bytes of a `saved_model.pb` with the graph. */
export function encodeSavedModel(graph: GraphDef): Uint8Array {
  const type = protobuf.parse(PROTO, { keepCase: true }).root.lookupType('SavedModel');
  const model = {
    saved_model_schema_version: 1,
    meta_graphs: [
      { meta_info_def: { tags: [SERVE_TAG] }, graph_def: { ...graph, versions: { producer: PRODUCER } } },
    ],
  };
  return type.encode(type.fromObject(model)).finish();
}
