import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import * as calls from "./call-steps.js";
import { sentFields } from "./expected.js";
import * as processes from "./process-steps.js";
import * as resources from "./resource-steps.js";
import * as streams from "./stream-steps.js";
import * as telemetry from "./telemetry-steps.js";
import type { Fields } from "./value.js";

const given = record({
  given: z.string(),
  with: optional(sentFields).describe("its variables, where they are not to be as they are there"),
}).describe("steps of given.yaml");

/** Every step that cases of all services can have, by its verb: the key that says what to do. */
export const STEPS = {
  given,
  call: calls.call,
  together: calls.together,
  table: calls.table,
  raw: calls.raw,
  walk: calls.walk,
  begin: calls.begin,
  answer: calls.answer,
  pending: calls.pending,
  cancel: calls.cancel,
  stream: streams.stream,
  open: streams.open,
  send: streams.send,
  receive: streams.receive,
  close: streams.close,
  ends: streams.ends,
  converse: streams.converse,
  crowd: resources.crowd,
  resources: resources.resources,
  restart: processes.restart,
  replace: processes.replace,
  second: processes.second,
  store: processes.store,
  stored: processes.stored,
  standby: processes.standby,
  writes: processes.writes,
  mesh: processes.mesh,
  signal: processes.signal,
  exits: processes.exits,
  launch: processes.launch,
  log: processes.log,
  access: processes.access,
  reflection: processes.reflection,
  collector: telemetry.collector,
  tells: telemetry.tells,
  told: telemetry.told,
  redacts: telemetry.redacts,
};

export type Verb = keyof typeof STEPS;

/** What reading adds to steps that contain others. */
interface Inner {
  readonly given: { readonly with: Fields; readonly steps: readonly Step[] };
  readonly walk: { readonly after_first?: readonly Step[] };
}

/** A step of a verb, as it is performed. */
export type StepOf<V extends Verb> = { readonly verb: V } & z.infer<(typeof STEPS)[V]> &
  (V extends keyof Inner ? Inner[V] : unknown);

/** A step that only a service's world has. */
export type WorldStep = { readonly verb: string } & Fields;

export type Step = { readonly [V in Verb]: StepOf<V> }[Verb] | WorldStep;
