import { z } from "zod";
import { UsageFault } from "../fault.js";
import { optional, record } from "../schema/record.js";
import type { Steering } from "../swap/swap-control.js";
import type { Change } from "./change.js";

const service = z.string();
const swap = record({
  kind: z.literal("swap"),
  service,
  to: z.string(),
  withoutProof: optional(z.string().min(1)),
  atOnce: optional(z.literal(true)),
  askFirst: optional(z.literal(true)),
  calls: optional(z.int().min(1)),
  longestSeconds: optional(z.number().positive()),
  compared: optional(z.int().min(1)),
  saveCases: optional(z.string().min(1)),
});
const schema = z.discriminatedUnion("kind", [
  record({ kind: z.literal("scale"), service, count: z.number() }),
  record({ kind: z.literal("restart"), service }),
  swap,
  record({ kind: z.literal("rollback"), service }),
  record({ kind: z.literal("rotate"), what: z.enum(["certificates", "keys"]) }),
]);

/** @throws UsageFault when it is none */
export function readChange(value: unknown): Change {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new UsageFault(
    `The supervisor does not know this change: ${z.prettifyError(read.error)}`,
    "Is it of another version? theseus down and npm start end that.",
  );
}

const steering = z.enum(["pause", "resume", "abort"]);

/** @throws UsageFault when it is none */
export function readSteering(value: unknown): Steering {
  const read = steering.safeParse(value);
  if (read.success) return read.data;
  throw new UsageFault(
    `A swap cannot be steered by ${JSON.stringify(value)}.`,
    "Say pause, resume or abort.",
  );
}
