const LONGEST = 300;

/**
 * How a summary tells of a test that failed, in one line: its title, and the beginning of why.
 * @param {{title: string, why?: string | readonly string[]}} failed
 */
export function failure({ title, why = "" }) {
  const told = [why].flat().join("; ").replaceAll(/\s+/g, " ").trim();
  if (told === "") return title;
  return `${title}: ${told.length > LONGEST ? `${told.slice(0, LONGEST)}…` : told}`;
}
