/** Characters that a text in a line of the log may have. */
const LONGEST_TEXT = 8192;
/** Bytes that a line may have, without its end. */
const LONGEST_LINE = 32_768;
/** What every longer line keeps, each cut to this many characters. */
const KEPT = ["level", "time", "name", "event", "request_id", "trace_id", "span_id", "msg"];
const LONGEST_KEPT = 512;

/**
 * A line of the log with the lengths of docs/launch-protocol.md: a text that is too long is cut and ends in `…`, and of a
 * line that is still too long only the fields stay that tell what it is about, with `"cut": true`.
 */
export function boundLine(line: string): string {
  if (line.length <= LONGEST_TEXT) return line;
  const record = JSON.parse(line) as Record<string, unknown>;
  const bounded = JSON.stringify(cutTexts(record, LONGEST_TEXT));
  if (Buffer.byteLength(bounded) <= LONGEST_LINE) return `${bounded}\n`;
  const kept = KEPT.filter((name) => typeof record[name] === "string");
  const short = Object.fromEntries(kept.map((name) => [name, cutTexts(record[name], LONGEST_KEPT)]));
  return `${JSON.stringify({ ...short, cut: true })}\n`;
}

function cutTexts(value: unknown, longest: number): unknown {
  if (typeof value === "string") return value.length <= longest ? value : cut(value, longest);
  if (Array.isArray(value)) return value.map((each) => cutTexts(each, longest));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, cutTexts(each, longest)]));
}

/** Never between the halves of a surrogate pair. */
function cut(text: string, longest: number): string {
  return `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
