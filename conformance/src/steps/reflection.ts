import { fromBinary, type JsonValue, type Registry, toJson } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { StepOf } from "../cases/steps.js";
import type { Fields, Value } from "../cases/value.js";
import { toFields } from "../contract/answer.js";
import { encode } from "../targets/connection.js";
import { type CaseRun, StepFailure } from "./case-run.js";

const METHOD = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

type Files = ReadonlyMap<string, FileDescriptorProto>;

/** Reads the service's files by reflection, with all that they import, and compares those of the contract. */
export async function performReflection(_step: StepOf<"reflection">, run: CaseRun): Promise<void> {
  const { registry } = run.context.contract;
  const told = await readFiles(run, run.context.service);
  const wanted = ownFiles(run);
  const faults = [...wanted].flatMap(([name, file]) => {
    const found = told.get(name);
    if (found === undefined) return [`${name} is missing`];
    return differences(plain(file, registry), plain(found, registry), name);
  });
  if (faults.length > 0)
    throw new StepFailure("reflection", undefined, "the contract", [...told.keys()], faults.slice(0, 20));
}

/** The files of the contract that the service's file needs, itself included. */
function ownFiles(run: CaseRun): Files {
  const { registry } = run.context.contract;
  const found = new Map<string, FileDescriptorProto>();
  const visit = (file: FileDescriptorProto | undefined) => {
    if (file === undefined || !file.name.startsWith("theseus/") || found.has(file.name)) return;
    found.set(file.name, file);
    for (const name of file.dependency) visit(registry.getFile(name)?.proto);
  };
  visit(registry.getService(run.context.service)?.file.proto);
  return found;
}

async function readFiles(run: CaseRun, service: string): Promise<Files> {
  const told = new Map<string, FileDescriptorProto>();
  let questions: Fields[] = [{ file_containing_symbol: service }];
  while (questions.length > 0) {
    const answers = await Promise.all(questions.map((question) => ask(run, question)));
    for (const file of answers.flat()) told.set(file.name, file);
    const named = new Set([...told.values()].flatMap(({ dependency }) => dependency));
    questions = [...named].filter((name) => !told.has(name)).map((name) => ({ file_by_filename: name }));
  }
  return told;
}

function ask(run: CaseRun, question: Fields): Promise<readonly FileDescriptorProto[]> {
  const method = run.method(METHOD);
  const call = run.connection.converse(method, run.request({}));
  return new Promise((resolve, reject) => {
    call.on("data", (bytes: Buffer) => {
      const answer = toFields(run.context.contract, method, bytes) as Fields;
      const response = answer.file_descriptor_response as Fields | undefined;
      const files = response?.file_descriptor_proto as readonly Value[] | undefined;
      if (files === undefined) reject(new StepFailure("reflection", question, "files", answer, ["no files"]));
      else resolve(files.map((file) => toFile(String(file))));
    });
    call.on("error", reject);
    call.write(encode(run.context.contract, method, question));
    call.end();
  });
}

function toFile(base64: string): FileDescriptorProto {
  return fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, "base64"));
}

/** A file as JSON with its options, without comments and without the options of code generators. */
function plain(file: FileDescriptorProto, registry: Registry): JsonValue {
  const json = toJson(FileDescriptorProtoSchema, file, { registry }) as Record<string, JsonValue>;
  const { sourceCodeInfo: _, options: __, ...rest } = json;
  return normal(rest);
}

// A field's json_name may be given or derived, and the order of options is free.
function normal(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(normal);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([key]) => key !== "jsonName");
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, normal(inner)]));
}

function differences(wanted: JsonValue, found: JsonValue, path: string): readonly string[] {
  if (JSON.stringify(wanted) === JSON.stringify(found)) return [];
  if (!isObject(wanted) || !isObject(found)) return [`${path} is ${short(found)}, not ${short(wanted)}`];
  const keys = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...keys].flatMap((key) =>
    differences(wanted[key] ?? null, found[key] ?? null, `${path} ${nameOf(wanted[key]) ?? key}`),
  );
}

function isObject(value: JsonValue): value is Record<string, JsonValue> {
  return value !== null && typeof value === "object";
}

function nameOf(value: JsonValue | undefined): string | undefined {
  return value !== undefined && isObject(value) && typeof value.name === "string" ? value.name : undefined;
}

function short(value: JsonValue): string {
  return JSON.stringify(value).slice(0, 200);
}
