/** A list of texts in a script's reply. Throws when it is something else: the scripts have another version. */
export function texts(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new Error("a script's reply is not a list of texts");
}
