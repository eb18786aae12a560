import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DescMethod, fromBinary, toJson } from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import { stringify } from "yaml";
import type { Answer, Fields } from "../ask/answer.js";
import type { Question } from "../ask/application.js";
import { redacted } from "../compare/redaction.js";
import type { Config } from "../config.js";

export interface CaseContent {
  readonly question: Question;
  /** Of the old side: what the case expects. */
  readonly answer: Answer;
  readonly at: string;
  readonly a: string;
  readonly b: string;
}

/** Writes differences as conformance cases. */
export class CaseFolder {
  #count = 0;

  constructor(
    readonly folder: string,
    readonly who: Pick<Config, "adminRole" | "edges">,
  ) {}

  /** Answers the file. */
  save(content: CaseContent): string {
    this.#count += 1;
    const { method } = content.question;
    const name = `${method.name}-${this.#count}`.toLowerCase();
    const file = join(this.folder, `${name}.yaml`);
    writeFileSync(file, toCase(name, content, this.who), { mode: 0o600 });
    return file;
  }
}

/**
 * One call as a case. What must be in the store before it, only people know; who is right, too. It expects what the old side
 * has answered, without what the contract redacts.
 */
function toCase(
  name: string,
  { question, answer, at, a, b }: CaseContent,
  who: Pick<Config, "adminRole" | "edges">,
): string {
  const { method, bytes, metadata } = question;
  const how = { as: callerOf(metadata, who), request: requestOf(method, bytes) };
  const comment = `# They differ in ${at}. Old: ${oneLine(a)}; candidate: ${oneLine(b)}`;
  const one = {
    case: `${packageOf(method)}/shadow/${name}`,
    says: `${method.name} answers as the contract says.`,
    steps:
      method.methodKind === "unary"
        ? [{ call: method.name, ...how, expect: expected(method, answer, at) }]
        : streamSteps(method, answer, how),
  };
  return `${comment}\n${stringify([one], { lineWidth: 0 })}`;
}

function streamSteps(
  { name, output }: DescMethod,
  { messages, refusal, goesOn }: Answer,
  how: Fields,
): readonly Fields[] {
  const stream = "shadow";
  return [
    { stream: name, name: stream, ...how },
    ...(messages.length === 0
      ? []
      : [{ receive: stream, messages: messages.map((each) => redacted(output, each)) }]),
    goesOn === true
      ? { cancel: stream }
      : { ends: stream, ...(refusal === undefined ? { status: "OK" } : { status: refusal.status }) },
  ];
}

/** The field that differs, or how the call was refused. */
function expected({ output }: DescMethod, { messages, refusal }: Answer, at: string): Fields {
  if (refusal !== undefined) {
    const { status, reason } = refusal;
    return { status, ...(reason !== undefined && { reason }) };
  }
  const [, field = ""] = /^ok\.([^.[]+)/.exec(at) ?? [];
  const value = redacted(output, messages[0] ?? {})[field];
  return { ok: value === undefined ? {} : { [field]: value } };
}

function requestOf({ input }: DescMethod, bytes: Uint8Array): Fields {
  const request = toJson(input, fromBinary(input, bytes), { useProtoFieldName: true }) as Fields;
  return redacted(input, request);
}

/** Who calls, in the words of cases. */
function callerOf(metadata: Metadata, { adminRole, edges }: Pick<Config, "adminRole" | "edges">): string {
  const certificate = String(metadata.get("x-forwarded-client-cert")[0] ?? "");
  const [, workload] = /\/sa\/([^/;,"]+)[^/]*$/.exec(certificate) ?? [];
  const { sub, roles = [] } = claimsOf(String(metadata.get("x-theseus-claims")[0] ?? ""));
  const user = sub === undefined ? "" : ` ${sub}`;
  if (workload === undefined) return `developer${user}`;
  if (!edges.includes(workload)) return `workload ${workload}`;
  if (sub === undefined) return "nobody";
  return `${roles.includes(adminRole) ? "admin" : "user"}${user}`;
}

function claimsOf(text: string): { readonly sub?: string; readonly roles?: readonly string[] } {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString()) as { sub?: string };
  } catch {
    return {};
  }
}

/** `orders` of `theseus.orders.v1`. */
function packageOf({ parent }: DescMethod): string {
  return parent.typeName.split(".").at(-3) ?? parent.name;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
