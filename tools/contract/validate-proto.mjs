// Prints buf/validate/validate.proto from the descriptor that @bufbuild/protovalidate carries: no package of npm's or
// Python's has it as a file. Only comments are lost; what that file has none of is refused.
import { createRegistry, getExtension, ScalarType } from "@bufbuild/protobuf";
import { isReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import * as wkt from "@bufbuild/protobuf/wkt";
import { file_buf_validate_validate as validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/**
 * @import { DescExtension, DescField, DescMessage, Message } from "@bufbuild/protobuf"
 * @import { ReflectMessage } from "@bufbuild/protobuf/reflect"
 */

const LABELS = ["", "optional ", "required ", "repeated "];
const registry = createRegistry(validate, wkt.file_google_protobuf_descriptor);

export function validateProto() {
  const file = validate.proto;
  const parts = [
    "// Printed from the descriptor in the npm package @bufbuild/protovalidate (Apache-2.0). Do not edit.",
    `syntax = ${JSON.stringify(file.syntax || "proto2")};`,
    `package ${file.package};`,
    ...file.dependency.map((name) => `import ${JSON.stringify(name)};`),
    ...printOptions(wkt.FileOptionsSchema, file.options, "").map((option) => `option ${option};`),
    ...file.extension.map((x) => `extend ${x.extendee} {\n${printField(x, "  ", LABELS[x.label])}\n}`),
    ...file.enumType.map((e) => printEnum(e, "")),
    ...file.messageType.map((m) => printMessage(m, "")),
  ];
  return `${parts.join("\n\n")}\n`;
}

/**
 * @param {wkt.DescriptorProto} message
 * @param {string} indent
 * @returns {string}
 */
function printMessage(message, indent) {
  if (message.nestedType.some((nested) => nested.options?.mapEntry)) throw new Error("maps are not printed");
  const inner = `${indent}  `;
  const inOneof = (/** @type {wkt.FieldDescriptorProto} */ field) =>
    Object.hasOwn(field, "oneofIndex") && !field.proto3Optional;
  return [
    `${indent}message ${message.name} {`,
    ...printOptions(wkt.MessageOptionsSchema, message.options, inner).map(
      (option) => `${inner}option ${option};`,
    ),
    ...message.enumType.map((e) => printEnum(e, inner)),
    ...message.nestedType.map((m) => printMessage(m, inner)),
    ...message.field
      .filter((field) => !inOneof(field))
      .map((field) => printField(field, inner, LABELS[field.label])),
    ...message.oneofDecl.flatMap((oneof, index) => {
      const members = message.field.filter((field) => inOneof(field) && field.oneofIndex === index);
      return members.length === 0 ? [] : [printOneof(oneof, members, inner)];
    }),
    ...message.extensionRange.map(
      (r) => `${inner}extensions ${r.start} to ${r.end === 536870912 ? "max" : r.end - 1};`,
    ),
    ...message.reservedRange.map((r) => `${inner}reserved ${r.start} to ${r.end - 1};`),
    ...message.reservedName.map((name) => `${inner}reserved ${JSON.stringify(name)};`),
    `${indent}}`,
  ].join("\n");
}

/**
 * @param {wkt.OneofDescriptorProto} oneof
 * @param {readonly wkt.FieldDescriptorProto[]} members
 * @param {string} indent
 */
function printOneof(oneof, members, indent) {
  const inner = `${indent}  `;
  return [
    `${indent}oneof ${oneof.name} {`,
    ...printOptions(wkt.OneofOptionsSchema, oneof.options, inner).map(
      (option) => `${inner}option ${option};`,
    ),
    ...members.map((field) => printField(field, inner, "")),
    `${indent}}`,
  ].join("\n");
}

/**
 * @param {wkt.EnumDescriptorProto} e
 * @param {string} indent
 */
function printEnum(e, indent) {
  return [
    `${indent}enum ${e.name} {`,
    ...printOptions(wkt.EnumOptionsSchema, e.options, indent).map((option) => `${indent}  option ${option};`),
    ...e.value.map((value) => `${indent}  ${value.name} = ${value.number};`),
    ...e.reservedRange.map((r) => `${indent}  reserved ${r.start} to ${r.end};`),
    ...e.reservedName.map((name) => `${indent}  reserved ${JSON.stringify(name)};`),
    `${indent}}`,
  ].join("\n");
}

/**
 * @param {wkt.FieldDescriptorProto} field
 * @param {string} indent
 * @param {string | undefined} label
 */
function printField(field, indent, label) {
  if (field.defaultValue) throw new Error(`default of ${field.name} is not printed`);
  const options = printOptions(wkt.FieldOptionsSchema, field.options, indent);
  const list =
    options.length === 0 ? "" : ` [\n${options.map((o) => `${indent}  ${o}`).join(",\n")}\n${indent}]`;
  return `${indent}${label}${typeName(field)} ${field.name} = ${field.number}${list};`;
}

/** @param {wkt.FieldDescriptorProto} field */
function typeName(field) {
  // Numbers of scalar types are the same in both enums.
  return field.typeName || String(ScalarType[Number(field.type)]).toLowerCase();
}

/**
 * @param {DescMessage} schema
 * @param {Message | undefined} options
 * @param {string} indent
 */
function printOptions(schema, options, indent) {
  if (options === undefined) return [];
  const message = reflect(schema, options);
  const known = message.fields
    .filter((field) => message.isSet(field) && field.name !== "uninterpreted_option")
    .flatMap((field) =>
      each(field, message.get(field)).map((v) => `${field.name} = ${printValue(field, v, indent)}`),
    );
  const extensions = [...new Set((options.$unknown ?? []).map((unknown) => unknown.no))].flatMap((no) => {
    const extension = registry.getExtensionFor(schema, no);
    if (extension === undefined) throw new Error(`${schema.typeName} has an unknown option ${no}`);
    return each(extension, getExtension(options, extension)).map(
      (v) => `(.${extension.typeName}) = ${printValue(extension, v, indent)}`,
    );
  });
  return [...known, ...extensions];
}

/**
 * @param {DescField | DescExtension} field
 * @param {unknown} value  one, not a list of them
 * @param {string} indent
 * @returns {string}
 */
function printValue(field, value, indent) {
  if (field.message !== undefined) {
    const message = isReflectMessage(value) ? value : reflect(field.message, /** @type {Message} */ (value));
    return printText(message, indent);
  }
  if (field.enum !== undefined) return String(field.enum.value[Number(value)]?.name);
  if (field.scalar === ScalarType.BYTES) throw new Error(`bytes option ${field.name} is not printed`);
  return field.scalar === ScalarType.STRING ? JSON.stringify(value) : String(value);
}

/**
 * @param {ReflectMessage} message
 * @param {string} indent
 */
function printText(message, indent) {
  const inner = `${indent}  `;
  const lines = message.fields
    .filter((field) => message.isSet(field))
    .flatMap((field) =>
      each(field, message.get(field)).map((v) => `${inner}${field.name}: ${printValue(field, v, inner)}`),
    );
  return `{\n${lines.join("\n")}\n${indent}}`;
}

/**
 * @param {DescField | DescExtension} field
 * @param {unknown} value
 */
function each(field, value) {
  return field.fieldKind === "list" ? [.../** @type {Iterable<unknown>} */ (value)] : [value];
}
