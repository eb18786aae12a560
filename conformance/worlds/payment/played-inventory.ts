import { randomBytes } from "node:crypto";
import type {
  CommitReservationRequest,
  UncommitReservationRequest,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Reservation, ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { ErrorReason, StatusError } from "@theseus/kit";

interface Kept {
  reservation: Reservation;
  /** Stands for a reservation that never existed, once somebody asked for it: it stays gone. */
  readonly tombstone: boolean;
  readonly fenced: Set<string>;
}

/** The part of inventory that a payment meets, by the table of operations and states. */
export class PlayedInventory {
  readonly #kept = new Map<string, Kept>();

  /** Makes a reservation of one line. */
  reserve(
    owner: string,
    total: { currencyCode: string; units: bigint; nanos: number },
    holdMs: number,
  ): string {
    const name = `reservations/${randomBytes(10).toString("hex")}`;
    const line = { item: "items/played", quantity: 1, unitPrice: total };
    const now = Date.now();
    const times = { createTime: new Date(now), expireTime: new Date(now + holdMs) };
    const state = ReservationState.RESERVATION_STATE_HELD;
    const reservation = Reservation.fromPartial({ name, owner, lines: [line], total, state, ...times });
    this.#kept.set(name, { reservation, tombstone: false, fenced: new Set() });
    return name;
  }

  release(name: string): void {
    const kept = this.#current(name);
    if (kept?.reservation.state === ReservationState.RESERVATION_STATE_HELD) {
      this.#put(kept, ReservationState.RESERVATION_STATE_RELEASED, "");
    }
  }

  expire(name: string): void {
    const kept = this.#current(name);
    if (kept?.reservation.state === ReservationState.RESERVATION_STATE_HELD) {
      this.#put(kept, ReservationState.RESERVATION_STATE_EXPIRED, "");
    }
  }

  /** As if the store had lost its last writes: held, by nobody, and nobody is shut out. */
  rewind(name: string): void {
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    kept.fenced.clear();
    this.#put(kept, ReservationState.RESERVATION_STATE_HELD, "");
  }

  /** As if it had ended so long ago that it is no longer kept. */
  forget(name: string): void {
    this.#kept.delete(name);
  }

  /** Empty when there is no such reservation. */
  ownerOf(name: string): string {
    return this.#kept.get(name)?.reservation.owner ?? "";
  }

  get(name: string): Reservation {
    const kept = this.#current(name);
    if (kept === undefined || kept.tombstone)
      throw refused(ErrorReason.RESERVATION_NOT_FOUND, "no such reservation");
    return kept.reservation;
  }

  commit({ name, payment }: CommitReservationRequest): Reservation {
    const kept = this.#current(name) ?? this.#bury(name);
    const { state, payment: taker } = kept.reservation;
    if (state === ReservationState.RESERVATION_STATE_COMMITTED) {
      if (taker !== payment) throw refused(ErrorReason.RESERVATION_TAKEN, "another payment has it");
      return kept.reservation;
    }
    if (state !== ReservationState.RESERVATION_STATE_HELD || kept.fenced.has(payment)) {
      throw refused(ErrorReason.RESERVATION_GONE, "the reservation is gone");
    }
    this.#put(kept, ReservationState.RESERVATION_STATE_COMMITTED, payment);
    return kept.reservation;
  }

  uncommit({ name, payment }: UncommitReservationRequest): void {
    const kept = this.#current(name) ?? this.#bury(name);
    kept.fenced.add(payment);
    if (kept.reservation.state !== ReservationState.RESERVATION_STATE_COMMITTED) return;
    if (kept.reservation.payment === payment)
      this.#put(kept, ReservationState.RESERVATION_STATE_RELEASED, "");
  }

  #current(name: string): Kept | undefined {
    const kept = this.#kept.get(name);
    const { state, expireTime } = kept?.reservation ?? {};
    const overdue = expireTime !== undefined && expireTime.getTime() <= Date.now();
    if (kept !== undefined && state === ReservationState.RESERVATION_STATE_HELD && overdue) {
      this.#put(kept, ReservationState.RESERVATION_STATE_EXPIRED, "");
    }
    return kept;
  }

  #put(kept: Kept, state: ReservationState, payment: string): void {
    kept.reservation = { ...kept.reservation, state, payment };
  }

  #bury(name: string): Kept {
    const state = ReservationState.RESERVATION_STATE_EXPIRED;
    const kept = {
      reservation: Reservation.fromPartial({ name, state }),
      tombstone: true,
      fenced: new Set<string>(),
    };
    this.#kept.set(name, kept);
    return kept;
  }
}

function refused(reason: ErrorReason, message: string): StatusError {
  return new StatusError(reason, message);
}
