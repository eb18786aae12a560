import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";
import type { Transformation } from "../transformation.js";
import { ANSWERS } from "./answers.js";
import type { Transformations } from "./parametrised.js";
import { PROTOCOLS } from "./protocols.js";
import { REFUSALS } from "./refusals.js";
import { REQUESTS } from "./requests.js";
import { STREAMS } from "./streams.js";

const ALL: Transformations = { ...ANSWERS, ...REFUSALS, ...REQUESTS, ...STREAMS, ...PROTOCOLS };

export const TRANSFORMATIONS: readonly string[] = Object.keys(ALL).sort();

const only = { only: optional(z.array(z.string())) };

/** The schema of `with` in a mutant's file; `only` lists the methods that are transformed, all when absent. */
export function parametersOf(name: string): z.ZodObject {
  const kind = ALL[name];
  return record({ ...(typeof kind === "object" ? kind.parameters.shape : {}), ...only });
}

/** The named transformation; the values fit its `parametersOf`. */
export function createTransformation(
  name: string,
  values: Readonly<Record<string, unknown>>,
): Transformation {
  const kind = ALL[name];
  if (kind === undefined) throw new Error(`"${name}" is not a transformation`);
  const { only: methods, ...rest } = values;
  const transformation = typeof kind === "function" ? kind() : kind.make(rest);
  return methods === undefined ? transformation : restricted(transformation, methods as readonly string[]);
}

function restricted(all: Transformation, only: readonly string[]): Transformation {
  const concerns = ({ method }: { readonly method: { readonly name: string } }) => only.includes(method.name);
  return {
    headers: (call) => (concerns(call) ? all.headers?.(call) : undefined),
    request: (bytes, call) => (concerns(call) && all.request ? all.request(bytes, call) : bytes),
    response: (bytes, call) =>
      concerns(call) && all.response ? all.response(bytes, call) : { messages: [bytes] },
    ending: (ending, call) => (concerns(call) && all.ending ? all.ending(ending, call) : ending),
  };
}
