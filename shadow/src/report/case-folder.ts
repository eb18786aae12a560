import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DescMessage, DescMethod } from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import { isAnswerTime, isOpaque } from "@theseus/kit/contract";
import { stringify } from "yaml";
import { type Answer, type Fields, isFields, type Value } from "../ask/answer.js";
import type { Question } from "../ask/application.js";
import { requestFields } from "../ask/request-fields.js";
import { redacted } from "../compare/redaction.js";
import type { Config } from "../config.js";

export interface CaseContent {
  readonly question: Question;
  /** Of the old side: what the case expects. */
  readonly answer: Answer;
  readonly at: string;
  readonly a: string;
  readonly b: string;
  /** Makes a text fit to be shown. */
  readonly hide: (text: string) => string;
}

/** Writes differences as conformance cases. */
export class CaseFolder {
  #count = 0;

  constructor(
    readonly folder: string,
    readonly who: Pick<Config, "adminRole" | "edges">,
  ) {}

  /** Answers the file; undefined for a request that nobody can read. */
  save(content: CaseContent): string | undefined {
    const { method, bytes } = content.question;
    const request = requestFields(method, bytes);
    if (request === undefined) return undefined;
    this.#count += 1;
    const name = `${method.name}-${this.#count}`.toLowerCase();
    const file = join(this.folder, `${name}.yaml`);
    const how = {
      as: callerOf(content.question.metadata, this.who),
      request: redacted(method.input, request),
    };
    writeFileSync(file, content.hide(toCase(name, content, how)), { mode: 0o600 });
    return file;
  }
}

/**
 * One call as a case. What must be in the store before it, only people know; who is right, too. It expects what the old side
 * has answered, without what the contract redacts.
 */
function toCase(name: string, { question: { method }, answer, at, a, b }: CaseContent, how: Fields): string {
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
      : [{ receive: stream, messages: messages.map((each) => lasting(output, each)) }]),
    goesOn === true
      ? { cancel: stream }
      : { ends: stream, ...(refusal === undefined ? { status: "OK" } : { status: refusal.status }) },
  ];
}

/** The field that differs, or how the call was refused. */
function expected({ output }: DescMethod, { messages, refusal }: Answer, at: string): Fields {
  if (refusal !== undefined) {
    const { status, reason, metadata, violations = [] } = refusal;
    return {
      status,
      ...(reason !== undefined && { reason }),
      ...(at === "metadata" && { metadata }),
      ...(at === "violations" && { violations: violations.map(({ field, rule }) => ({ field, rule })) }),
    };
  }
  const [, field = ""] = /^ok\.([^.[]+)/.exec(at) ?? [];
  const value = lasting(output, messages[0] ?? {})[field];
  return { ok: value === undefined ? {} : { [field]: value } };
}

/** A message without what is redacted, and without what is another text or time in each answer. */
function lasting(message: DescMessage, value: Fields): Fields {
  const kept = message.fields.flatMap((field) => {
    const inner = value[field.name];
    if (inner === undefined || isOpaque(field) || isAnswerTime(field)) return [];
    const within = field.fieldKind === "map" ? undefined : field.message;
    const one = (entry: Value) => (within !== undefined && isFields(entry) ? lasting(within, entry) : entry);
    return [[field.name, Array.isArray(inner) ? inner.map(one) : one(inner as Value)] as const];
  });
  return redacted(message, Object.fromEntries(kept));
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
