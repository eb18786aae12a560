import type { Message } from "../message.js";

/** What a header may hold; with anything else it counts as absent. */
interface Bound {
  readonly name: string;
  readonly maxBytes: number;
  /** RE2, without single quotes. Small: Envoy refuses large programs, so lengths stand in `maxBytes`. */
  readonly pattern: string;
}

/** The id of a request, and W3C Trace Context and Baggage with the lengths that these ask everybody to pass on. */
const bounds: readonly Bound[] = [
  { name: "x-request-id", maxBytes: 128, pattern: "^[A-Za-z0-9._-]+$" },
  { name: "traceparent", maxBytes: 128, pattern: "^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]{2}(-.*)?$" },
  { name: "tracestate", maxBytes: 512, pattern: "^[\\t -~]+$" },
  { name: "baggage", maxBytes: 8192, pattern: "^[\\t -~]+$" },
];

/** Holds a header's value while the header is taken away and set anew. */
const kept = "x-theseus-kept";

/** Takes away what does not fit: the request itself goes on. An id that is taken away is replaced by Envoy. */
export function headerBounds(): readonly Message[] {
  return bounds.flatMap(({ name, maxBytes, pattern }) => {
    const value = `request.headers['${name}']`;
    const fits = `size(${value}) <= ${maxBytes} && ${value}.matches('${pattern}')`;
    return [
      { remove: kept },
      set(kept, `%CEL(${fits} ? ${value} : '')%`),
      { remove: name },
      set(name, `%REQ(${kept})%`),
      { remove: kept },
    ];
  });
}

/** Does nothing where the value is empty. */
function set(key: string, value: string): Message {
  return { append: { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" } };
}
