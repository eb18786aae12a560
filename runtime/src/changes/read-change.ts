import { z } from "zod";
import { UsageFault } from "../fault.js";
import { record } from "../schema/record.js";
import type { Change } from "./change.js";

const service = z.string();
const schema = z.discriminatedUnion("kind", [
  record({ kind: z.literal("scale"), service, count: z.number() }),
  record({ kind: z.literal("restart"), service }),
  record({ kind: z.literal("swap"), service, to: z.string() }),
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
