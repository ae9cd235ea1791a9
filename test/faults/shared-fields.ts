import { Field } from 'apache-arrow/fb/field';
import { Footer } from 'apache-arrow/fb/footer';
import { Schema } from 'apache-arrow/fb/schema';
import { Struct_ } from 'apache-arrow/fb/struct-';
import { Type } from 'apache-arrow/fb/type';
import { Builder } from 'flatbuffers';

/** Returns an Arrow file without batches whose fields share their two children at each level, so that counting them takes 2^levels steps. */
export function fileWithSharedFields(levels: number): Buffer {
  const builder = new Builder();
  let field = addField(builder, []);
  for (let level = 0; level < levels; level++) field = addField(builder, [field, field]);
  const fields = Schema.createFieldsVector(builder, [field]);
  Schema.startSchema(builder);
  Schema.addFields(builder, fields);
  const schema = Schema.endSchema(builder);
  Footer.startFooter(builder);
  Footer.addSchema(builder, schema);
  Footer.finishFooterBuffer(builder, Footer.endFooter(builder));
  const footer = builder.asUint8Array();
  const length = Buffer.alloc(4);
  length.writeInt32LE(footer.length);
  return Buffer.concat([Buffer.from('ARROW1\0\0'), footer, length, Buffer.from('ARROW1')]);
}

function addField(builder: Builder, fields: number[]): number {
  const children = Field.createChildrenVector(builder, fields);
  const name = builder.createString('field');
  Struct_.startStruct_(builder);
  const struct = Struct_.endStruct_(builder);
  Field.startField(builder);
  Field.addName(builder, name);
  Field.addTypeType(builder, Type.Struct_);
  Field.addType(builder, struct);
  Field.addChildren(builder, children);
  return Field.endField(builder);
}
