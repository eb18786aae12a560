import { type Reservation, ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { ErrorReason, StatusError } from "@theseus/kit";

/** What inventory answers, if it is the reservation that was asked for; anything else is no answer. */
export async function askedReservation(reading: Promise<Reservation>, name: string): Promise<Reservation> {
  const reservation = await reading;
  if (reservation.name !== name || reservation.owner === "" || !isConsistent(reservation)) {
    throw new StatusError(
      ErrorReason.SERVICE_UNAVAILABLE,
      "inventory answered something else than was asked for",
    );
  }
  return reservation;
}

/** Sold is what has somebody to whom it was sold, and nothing else. */
function isConsistent({ state, payment }: Reservation): boolean {
  return (state === ReservationState.RESERVATION_STATE_COMMITTED) === (payment !== "");
}
