import type { CoveredInput, Result } from "./statement.js";

/** What a certificate has to hold for. */
export interface Wanted {
  readonly service: string;
  readonly contentHash: string;
  readonly inputs: readonly CoveredInput[];
}

/** Why a signed certificate does not hold, a clause each; none: it holds. */
export function shortcomings(result: Result, wanted: Wanted, now: Date): readonly string[] {
  if (result.service !== wanted.service)
    return [`it is of another service, ${result.service}, not of ${wanted.service}`];
  return [...timeFaults(result, now), ...buildFaults(result, wanted), ...inputFaults(result, wanted)];
}

/** Clocks of one machine do not differ; one that was set back makes what is older seem newer. */
export function timeFaults({ issuedAt, expiresAt }: Result, now: Date): readonly string[] {
  if (now >= expiresAt) return [`it expired at ${expiresAt.toISOString()}`];
  return now < issuedAt ? [`it is of the future, ${issuedAt.toISOString()}`] : [];
}

function buildFaults({ contentHash }: Result, wanted: Wanted): readonly string[] {
  if (contentHash === wanted.contentHash) return [];
  const short = (hash: string) => hash.slice(0, 12);
  return [`"what was built" has changed (${short(contentHash)}, now ${short(wanted.contentHash)})`];
}

function inputFaults({ inputs }: Result, wanted: Wanted): readonly string[] {
  const covered = new Map(inputs.map(({ name, sha256 }) => [name, sha256]));
  return wanted.inputs.flatMap(({ name, sha256 }) => {
    const before = covered.get(name);
    if (before === sha256) return [];
    return before === undefined ? [`it does not cover "${name}"`] : [`"${name}" has changed`];
  });
}
