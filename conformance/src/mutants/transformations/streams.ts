import { z } from "zod";
import { OK } from "../ending.js";
import { parametrised, type Transformations } from "./parametrised.js";

/** What can be wrong with when messages come and when calls end. */
export const STREAMS = {
  "ends-early": parametrised({ after: z.int() }, ({ after }) => {
    return {
      response: (bytes, { answered }) =>
        answered < after ? { messages: [bytes] } : { messages: [bytes], end: OK },
    };
  }),
  "ends-without-status": () => ({ ending: () => "nothing" }),
  "never-ends": () => ({ ending: () => "silence" }),
  "ends-well-always": () => ({ ending: () => OK }),
  "message-repeated": () => ({ response: (bytes) => ({ messages: [bytes, bytes] }) }),
  "message-lost": parametrised({ nth: z.int() }, ({ nth: lost }) => {
    return { response: (bytes, { answered }) => ({ messages: answered === lost ? [] : [bytes] }) };
  }),
  unserved: () => ({
    headers: ({ headers }) => {
      headers[":path"] = "/theseus.nobody.v1.Nobody/Serves";
    },
  }),
} satisfies Transformations;
