import { OK } from "../ending.js";
import type { Transformation } from "../transformation.js";
import type { Parameters } from "./parameters.js";

/** What can be wrong with when messages come and when calls end. */
export const STREAMS = {
  "ends-early": (parameters: Parameters) => {
    const after = parameters.count("after");
    return {
      response: (bytes, { answered }) =>
        answered < after ? { messages: [bytes] } : { messages: [bytes], end: OK },
    };
  },
  "ends-without-status": () => ({ ending: () => "nothing" }),
  "never-ends": () => ({ ending: () => "silence" }),
  "ends-well-always": () => ({ ending: () => OK }),
  "message-repeated": () => ({ response: (bytes) => ({ messages: [bytes, bytes] }) }),
  "message-lost": (parameters: Parameters) => {
    const lost = parameters.count("nth");
    return { response: (bytes, { answered }) => ({ messages: answered === lost ? [] : [bytes] }) };
  },
  unserved: () => ({
    headers: ({ headers }) => {
      headers[":path"] = "/theseus.nobody.v1.Nobody/Serves";
    },
  }),
} satisfies Readonly<Record<string, (parameters: Parameters) => Transformation>>;
