import { randomBytes, randomUUID } from "node:crypto";
import {
  create,
  type DescMessage,
  type DescMethod,
  type Message,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { methodPath } from "@theseus/kit/contract";
import { toRefusal } from "../contract/answer.js";
import type { CaseRun } from "./case-run.js";

/** A call that was made with a place of its own in a trace, and its answer. */
export interface TracedCall {
  /** `package.Service/Method` */
  readonly name: string;
  readonly trace: string;
  /** The caller's span. */
  readonly parent: string;
  readonly requestId: string;
  /** The gRPC code by its name; undefined for a stream that was left. */
  readonly code: string | undefined;
  readonly reason: string | undefined;
  /** From the call to its answer, as the caller sees it. */
  readonly seconds: number;
  /** The texts in fields that the contract redacts. */
  readonly secrets: readonly string[];
}

/** How long a stream is waited for that tells nothing. */
const STREAM_MS = 5_000;
const DEPTH = 4;

/** Calls every method of the service once, as a developer who may do anything, with requests that say nothing. */
export async function callEveryMethod(
  run: CaseRun,
  { withSecrets = false }: { readonly withSecrets?: boolean } = {},
): Promise<readonly TracedCall[]> {
  const { contract, service } = run.context;
  const methods = [...contract.methods.values()].filter(({ parent }) => parent.typeName === service);
  return Promise.all(methods.map((method) => callOnce(run, method, withSecrets)));
}

async function callOnce(run: CaseRun, method: DescMethod, withSecrets: boolean): Promise<TracedCall> {
  const trace = randomBytes(16).toString("hex");
  const parent = randomBytes(8).toString("hex");
  const requestId = `every-${randomUUID()}`;
  const secrets: string[] = [];
  const request = create(method.input);
  if (withSecrets) fillSecrets(reflect(method.input, request), secrets, DEPTH);
  const metadata = { traceparent: `00-${trace}-${parent}-01`, "x-request-id": requestId };
  const options = run.request({ as: "developer root", metadata });
  const bytes = Buffer.from(toBinary(method.input, request as Message));
  const started = performance.now();
  const answer =
    method.methodKind === "server_streaming"
      ? await begunStream(run.connection.download(method, bytes, options))
      : await run.connection.unary(methodPath(method), bytes, options);
  const seconds = (performance.now() - started) / 1000;
  const refusal = answer === undefined || Buffer.isBuffer(answer) ? undefined : toRefusal(answer);
  return {
    name: methodPath(method).slice(1),
    trace,
    parent,
    requestId,
    code: answer === undefined ? undefined : (refusal?.status ?? "OK"),
    reason: refusal?.reason,
    seconds,
    secrets,
  };
}

/** How a stream ended that did so before it told anything; undefined for one that is left when it has. */
function begunStream(call: ClientReadableStream<Buffer>): Promise<Buffer | ServiceError | undefined> {
  return new Promise((resolve) => {
    const leave = () => {
      call.cancel();
      resolve(undefined);
    };
    const late = setTimeout(leave, STREAM_MS);
    call.once("data", leave);
    call.once("end", () => resolve(Buffer.alloc(0)));
    call.on("error", (error: ServiceError) => resolve(error));
    call.once("close", () => clearTimeout(late));
  });
}

/** Puts a text of its own into each redacted field, at any depth. */
function fillSecrets(message: ReflectMessage, secrets: string[], depth: number): void {
  for (const field of message.fields) {
    const isRedacted = field.proto.options?.debugRedact === true;
    if (field.fieldKind === "scalar" && isRedacted && field.scalar === ScalarType.STRING) {
      const secret = `redact-me-${randomBytes(8).toString("hex")}`;
      message.set(field, secret);
      secrets.push(secret);
    }
    if (field.fieldKind !== "message" || depth === 0 || !hasSecrets(field.message, depth)) continue;
    const inner = reflect(field.message);
    fillSecrets(inner, secrets, depth - 1);
    message.set(field, inner);
  }
}

function hasSecrets(desc: DescMessage, depth: number): boolean {
  return desc.fields.some(
    (field) =>
      field.proto.options?.debugRedact === true ||
      (depth > 0 && field.fieldKind === "message" && hasSecrets(field.message, depth - 1)),
  );
}
