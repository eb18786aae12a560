import type { PolicyField } from "@theseus/kit/contract";
import type { Hop } from "../story.js";
import { tooLarge, withoutToken } from "./by-sidecar.js";
import type { Cause, Known } from "./known.js";
import { GOOD_TOKEN, placeOf, shortName } from "./wording.js";

/** What an application has answered of its own. */
export function byApplication(hop: Hop, known: Known): Cause {
  const { instance, inbound, answered } = hop;
  const { contract } = known;
  const reason = inbound?.reason ?? answered?.reason;
  const route = inbound?.route ?? answered?.method ?? "";
  const method = contract.methods.has(route) ? ` to ${shortName(route)}` : "";
  const said = reason ?? answered?.code ?? inbound?.code ?? "an error";
  if (said === "INTERNAL")
    return {
      because: `${instance} failed${method}`,
      change: `theseus logs ${instance} has the fault`,
    };
  const which = subjectOf(hop);
  return (
    withoutStore(hop, route) ??
    asSidecars(instance, reason, route, known) ?? {
      because: `${instance} answered ${said}${method}${which === "" ? "" : `: ${which}`}`,
      ...(reason !== undefined && { change: changeFor(reason, route, known) }),
    }
  );
}

/** What sidecars refuse too is told in the same words, whoever was first. */
function asSidecars(
  instance: string,
  reason: string | undefined,
  route: string,
  known: Known,
): Cause | undefined {
  if (!known.contract.methods.has(route)) return undefined;
  if (reason === "TOKEN_MISSING") return withoutToken(instance, route);
  return reason === "REQUEST_TOO_LARGE" ? tooLarge(route, known) : undefined;
}

/** Rules that were broken, and what the reason is about. */
function subjectOf({ inbound }: Hop): string {
  const broken = inbound?.violations.map(({ field, message }) => `${field} ${message}`) ?? [];
  const about = Object.entries(inbound?.metadata ?? {}).map(([key, value]) => `${key} ${value}`);
  return [...broken, ...about].join(", ");
}

/** Applications say in a line of its own what they could not reach: their store, since for everybody else there are calls. */
function withoutStore({ instance, notes }: Hop, route: string): Cause | undefined {
  const note = notes.findLast(({ event }) => event === "unavailable");
  if (note === undefined) return undefined;
  return {
    because: `${instance} could not do ${shortName(route)}: ${note.message}`,
    change: `theseus status shows whether its store runs; theseus logs ${instance}`,
  };
}

/** Options of a method's policy that a refusal can come from. */
const OPTIONS: Readonly<Record<string, PolicyField>> = {
  CALLER_DENIED: "allow",
  DEADLINE_EXCEEDED: "timeout",
  RATE_LIMITED: "rate",
};

function changeFor(reason: string, route: string, { contract }: Known): string {
  const field = OPTIONS[reason];
  if (field !== undefined && contract.methods.has(route)) return placeOf(route, field, contract);
  return reason.startsWith("TOKEN_") ? GOOD_TOKEN : `docs/errors.md says what ${reason} means`;
}
