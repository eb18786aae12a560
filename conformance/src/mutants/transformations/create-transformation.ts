import type { Transformation } from "../transformation.js";
import { ANSWERS } from "./answers.js";
import { Parameters } from "./parameters.js";
import { PROTOCOLS } from "./protocols.js";
import { REFUSALS } from "./refusals.js";
import { REQUESTS } from "./requests.js";
import { STREAMS } from "./streams.js";

const ALL: Readonly<Record<string, (parameters: Parameters) => Transformation>> = {
  ...ANSWERS,
  ...REFUSALS,
  ...REQUESTS,
  ...STREAMS,
  ...PROTOCOLS,
};

/**
 * The transformation of a name, as a mutant's file parametrises it; `only` lists the methods it is for, all when absent.
 * Throws an Error that says what is wrong with the parameters.
 */
export function createTransformation(
  name: string,
  values: Readonly<Record<string, unknown>>,
): Transformation {
  const make = ALL[name];
  if (make === undefined)
    throw new Error(`"${name}" is not a transformation; there are ${Object.keys(ALL).sort().join(", ")}`);
  const parameters = new Parameters(values);
  const transformation = make(parameters);
  const only = parameters.texts("only");
  const unused = parameters.unused();
  if (unused.length > 0) throw new Error(`${name} takes no ${unused.map((each) => `"${each}"`).join(", ")}`);
  return only === undefined ? transformation : restricted(transformation, only);
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
