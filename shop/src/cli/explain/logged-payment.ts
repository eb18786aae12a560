import { existsSync } from "node:fs";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { parseContract } from "@theseus/kit/contract";
import {
  type ApplicationRecord,
  type Explanation,
  explainAll,
  type Hop,
  readRecords,
} from "@theseus/runtime/explain";
import type { EventFact, Unanswered, Writer } from "./payment-story.js";

/** What the logs know of a payment. */
export interface LoggedPayment {
  readonly events: readonly (EventFact & { readonly writtenBy: Writer })[];
  readonly reservation?: string;
  readonly unanswered: readonly Unanswered[];
  readonly requests: readonly Explanation[];
}

/** Reads the lines that instances of payment write of each event, and of each question without an answer. */
export function readLoggedPayment(folder: string, id: string): LoggedPayment {
  if (!existsSync(folder)) return { events: [], unanswered: [], requests: [] };
  const records = readRecords(folder, JSON.stringify(id)).filter(
    (record): record is ApplicationRecord => record.kind === "application" && record.facts.payment === id,
  );
  const ids = [...new Set(records.map(({ requestId }) => requestId))].filter((each) => each !== "");
  const requests = explainAll(folder, ids, parseContract(descriptorSetBytes()));
  const written = records.filter(({ event }) => event === "payment-event");
  const reservation = written.map(({ facts }) => facts.reservation).find((each) => each !== undefined);
  return {
    events: written.map((record) => toEvent(record, requests)).toSorted((a, b) => a.sequence - b.sequence),
    ...(reservation !== undefined && { reservation: String(reservation) }),
    unanswered: records.filter(({ event }) => event === "unanswered").map(toUnanswered),
    requests,
  };
}

function toEvent({ facts, atMs, instance, requestId }: ApplicationRecord, requests: readonly Explanation[]) {
  const { sequence, type, failure } = facts;
  const implementation = implementationIn(requests, requestId, instance);
  return {
    sequence: Number(sequence),
    type: String(type),
    ...(failure !== undefined && { failure: String(failure) }),
    time: new Date(atMs).toISOString(),
    writtenBy: { instance, requestId, ...(implementation !== undefined && { implementation }) },
  };
}

function toUnanswered({ facts, atMs, code = "", requestId }: ApplicationRecord): Unanswered {
  return { atMs, question: String(facts.question), code, requestId };
}

/** What has run behind the sidecar of an instance during a request. */
function implementationIn(
  requests: readonly Explanation[],
  requestId: string,
  instance: string,
): string | undefined {
  const hops = requests.filter((each) => each.requestId === requestId).map(({ hop }) => hop);
  return hops
    .flatMap(accessRecords)
    .find((record) => record.instance === instance && record.implementation !== undefined)?.implementation;
}

function accessRecords({ inbound, calls }: Hop): readonly NonNullable<Hop["inbound"]>[] {
  const further = calls.flatMap(({ outbound, arrived }) => [outbound, ...arrived.flatMap(accessRecords)]);
  return inbound === undefined ? further : [inbound, ...further];
}
