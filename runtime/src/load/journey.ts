import { randomUUID } from "node:crypto";
import type { HttpCalls, HttpReply } from "./http-calls.js";
import type { Journey, Step } from "./mix.js";
import { fieldOf, fill } from "./templates.js";

/** Who makes one journey. */
export interface Visitor {
  /** What the journey's texts are filled with. */
  readonly values: Readonly<Record<string, string>>;
  /** Access tokens that are good for a while, by the name of whom they are. */
  readonly tokens: Readonly<Record<string, () => Promise<string>>>;
  /** The address of this machine from which it calls. */
  readonly from?: string;
}

/** What came of one call. */
export interface StepResult {
  readonly step: string;
  /** 0 without an answer. */
  readonly status: number;
  /** Of a refusal, expected or not, and of a failure; else empty. */
  readonly reason: string;
  readonly failed: boolean;
  /** From when it was to be sent: when the journey was due, or when the step before was answered. */
  readonly latencyMs: number;
}

/** A journey that is under way. */
export interface Trip {
  readonly http: HttpCalls;
  readonly visitor: Visitor;
  /** What the visitor brought along, and what steps kept. */
  readonly values: Map<string, string>;
}

export function beginTrip(http: HttpCalls, visitor: Visitor): Trip {
  return { http, visitor, values: new Map(Object.entries(visitor.values)) };
}

export interface JourneyOptions {
  readonly http: HttpCalls;
  readonly visitor: Visitor;
  /** When it was to begin, on the clock of `performance.now()`. */
  readonly dueMs: number;
  readonly note: (result: StepResult) => void;
}

/** Makes a journey, step by step; whether all its steps went well. */
export async function takeJourney({ steps }: Journey, options: JourneyOptions): Promise<boolean> {
  const { http, visitor, dueMs, note } = options;
  const trip = beginTrip(http, visitor);
  let intendedMs = dueMs;
  for (const step of steps) {
    const result = await takeStep(step, trip, intendedMs);
    note(result);
    if (result.failed) return false;
    intendedMs += result.latencyMs;
  }
  return true;
}

/** @param intendedMs  when it was to be sent, on the clock of `performance.now()` */
export async function takeStep(step: Step, trip: Trip, intendedMs: number): Promise<StepResult> {
  const reply = await send(step, trip);
  const latencyMs = performance.now() - intendedMs;
  const fault = faultOf(step, reply) ?? keep(step, reply, trip.values);
  const reason = reply.reason || (fault ?? "");
  return { step: step.name, status: reply.status, reason, failed: fault !== undefined, latencyMs };
}

async function send(
  { method, path, as, token, body }: Step,
  { http, visitor, values }: Trip,
): Promise<HttpReply> {
  const bearer = as === undefined ? token && fill(token, values) : await tokenOf(visitor, as);
  if (bearer === null) return { status: 0, reason: "NO_TOKEN", body: undefined };
  return http.ask({
    method,
    path: fill(path, values),
    ...(body !== undefined && { body: fill(body, values) }),
    ...(method === "POST" && { key: randomUUID() }),
    ...(bearer !== undefined && { token: bearer }),
    ...(visitor.from !== undefined && { from: visitor.from }),
  });
}

/** Null: whoever it is cannot sign in now. */
function tokenOf({ tokens }: Visitor, as: string): Promise<string | null> {
  return tokens[as]?.().catch(() => null) ?? Promise.resolve(null);
}

/** Why an answer is not the one that the step has; undefined of one that is. */
function faultOf({ refused, expect = {} }: Step, { status, reason, body }: HttpReply): string | undefined {
  const isGood = status >= 200 && status < 300;
  if (refused !== undefined) {
    if (isGood) return `not refused with ${refused}`;
    return reason === refused ? undefined : reason || "no reason";
  }
  if (!isGood) return reason || "no reason";
  for (const [path, wanted] of Object.entries(expect)) {
    const said = fieldOf(body, path);
    if (said !== wanted) return `${path} is ${String(said).slice(0, 60)}`;
  }
  return undefined;
}

/** Keeps what later steps need; a fault when it is not there. */
function keep(step: Step, { body }: HttpReply, values: Map<string, string>): string | undefined {
  for (const [name, path] of Object.entries(step.keep ?? {})) {
    const said = fieldOf(body, path);
    if (typeof said !== "string") return `no ${path} in the answer`;
    values.set(name, said);
  }
  return undefined;
}
