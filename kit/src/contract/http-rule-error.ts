/** A rule of google.api.http that cannot be served. The message says what is wrong with it, and where. */
export class HttpRuleError extends Error {
  override readonly name = "HttpRuleError";
}
