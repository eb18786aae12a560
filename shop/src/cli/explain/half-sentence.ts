/** A sentence as a part of another. */
export function withoutStop(sentence: string): string {
  const text = sentence.replace(/\.$/, "");
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
