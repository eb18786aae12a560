import { type Reservation, ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { UserState } from "@theseus/contract/theseus/user/v1/user.js";
import { type Call, downstream, ErrorReason, type Money, StatusError } from "@theseus/kit";
import { askedReservation } from "../../drive/asked-reservation.js";
import type { Peers } from "../../drive/peers.js";

const CURRENCY = /^[A-Z]{3}$/;
const NANOS = 1_000_000_000;

/** Gives the reservation's total when a payment may begin, and throws the refusal when it may not. */
export type Admit = (reservation: string, user: string, call: Call) => Promise<Money>;

export function createAdmission({ inventory, user: users }: Peers): Admit {
  return async (name, user, call) => {
    const [account, reservation] = await Promise.allSettled([assertAccount(user, call), read(name, call)]);
    if (account.status === "rejected") throw account.reason;
    if (reservation.status === "rejected") throw reservation.reason;
    return assertPayable(reservation.value, user);
  };

  async function read(name: string, call: Call): Promise<Reservation> {
    try {
      return await askedReservation(inventory.getReservation({ name }, downstream(call)), name);
    } catch (error) {
      call.signal.throwIfAborted();
      const { reason } = StatusError.from(error);
      if (reason === ErrorReason.RESERVATION_NOT_FOUND) throw notFound();
      throw unreadable(error);
    }
  }

  /** Without an answer from the user service the payment goes on. */
  async function assertAccount(name: string, call: Call): Promise<void> {
    const gone = await users.getUser({ name }, downstream(call)).then(
      (account) => account.name === name && account.state === UserState.USER_STATE_DELETED,
      (error: unknown) => {
        const { reason } = StatusError.from(error);
        if (reason === ErrorReason.USER_NOT_FOUND) return true;
        call.log.warn(
          { event: "account-unchecked", reason: ErrorReason[reason] },
          "the account could not be checked",
        );
        return false;
      },
    );
    if (gone) throw new StatusError(ErrorReason.TOKEN_INVALID, "the account of this access token is gone");
  }
}

function assertPayable({ owner, state, total }: Reservation, user: string): Money {
  if (owner !== user) throw notFound();
  switch (state) {
    case ReservationState.RESERVATION_STATE_HELD:
      if (total === undefined || !isAmount(total))
        throw unreadable(new Error("a reservation without an amount"));
      return total;
    case ReservationState.RESERVATION_STATE_COMMITTED:
      throw reservationTaken();
    case ReservationState.RESERVATION_STATE_EXPIRED:
    case ReservationState.RESERVATION_STATE_RELEASED:
      throw reservationGone();
    default:
      throw unreadable(new Error(`a reservation in state ${state}`));
  }
}

function isAmount({ currencyCode, units, nanos }: Money): boolean {
  return CURRENCY.test(currencyCode) && units >= 0n && nanos >= 0 && nanos < NANOS;
}

export function reservationGone(): StatusError {
  return new StatusError(ErrorReason.RESERVATION_GONE, "the reservation has expired or was released");
}

export function reservationTaken(): StatusError {
  return new StatusError(ErrorReason.RESERVATION_TAKEN, "another payment has taken the reservation");
}

function unreadable(cause: unknown): StatusError {
  return new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the reservation cannot be read now", { cause });
}

function notFound(): StatusError {
  return new StatusError(ErrorReason.RESERVATION_NOT_FOUND, "there is no such reservation");
}
