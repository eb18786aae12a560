import type { Reservation } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import type { Quota } from "@theseus/kit";
import type { RequestKey } from "../rules/request-key.js";
import { fromReservationReply } from "../rules/reservation.js";
import { texts } from "./reply-values.js";
import type { RunScript, ScriptReply } from "./scripts.js";

export interface NewReservation {
  readonly id: string;
  readonly ttlMs: number;
  /** Id of each item, and how many pieces. */
  readonly lines: readonly (readonly [item: string, quantity: number])[];
}

/** What a run of the sweeper did. */
export interface Swept {
  readonly expired: number;
  readonly removed: number;
}

export type ReservationStore = ReturnType<typeof createReservationStore>;

/** Reservations in Redis, as storage.md describes them. `quotas` are those of CreateReservation. */
export function createReservationStore(run: RunScript, quotas: readonly Quota[]) {
  const limits = [String(quotas.length), ...quotas.flatMap(({ name, limit }) => [name, String(limit)])];
  return {
    /** The request's scope is the reservation's owner. */
    async create({ id, ttlMs, lines }: NewReservation, key: RequestKey): Promise<Reservation> {
      const pairs = lines.flatMap(([item, quantity]) => [item, String(quantity)]);
      const args = [key.scope, key.requestId, key.fingerprint, id, String(ttlMs), ...limits, ...pairs];
      return toReservation(await run("create-reservation", args));
    },

    /** An undefined owner sees every reservation. */
    async get(id: string, owner: string | undefined): Promise<Reservation> {
      return toReservation(await run("get-reservation", [id, owner ?? ""]));
    },

    async release(id: string, owner: string): Promise<Reservation> {
      return toReservation(await run("release-reservation", [id, owner]));
    },

    async commit(id: string, payment: string): Promise<Reservation> {
      return toReservation(await run("commit-reservation", [id, payment]));
    },

    async uncommit(id: string, payment: string): Promise<void> {
      await run("uncommit-reservation", [id, payment]);
    },

    async sweep(): Promise<Swept> {
      const [expired = "0", removed = "0"] = texts((await run("sweep", [])).values);
      return { expired: Number(expired), removed: Number(removed) };
    },
  };
}

function toReservation(reply: ScriptReply): Reservation {
  return fromReservationReply(texts(reply.values));
}
