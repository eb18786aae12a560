import { InventoryService } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Reservation, ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import {
  bind,
  createLog,
  ErrorReason,
  type Money,
  type RunningServer,
  StatusError,
  serve,
} from "@theseus/kit";

/** Inventory's side of the saga, and one kind of goods: pieces on hand, held and sold. */
export interface Inventory extends AsyncDisposable {
  readonly address: string;
  /** Reserves a piece for a user and gives the reservation's name. */
  reserve(owner: string, total: Money): string;
  expire(name: string): void;
  release(name: string): void;
  get(name: string): Readonly<Kept>;
  readonly stock: { readonly onHand: number; readonly held: number; readonly sold: number };
}

interface Kept {
  readonly name: string;
  readonly owner: string;
  readonly total: Money;
  state: ReservationState;
  payment: string;
  readonly fenced: Set<string>;
}

const { RESERVATION_STATE_HELD: HELD, RESERVATION_STATE_COMMITTED: COMMITTED } = ReservationState;
const { RESERVATION_STATE_RELEASED: RELEASED, RESERVATION_STATE_EXPIRED: EXPIRED } = ReservationState;

export async function startInventory(listen: string): Promise<Inventory> {
  const reservations = new Map<string, Kept>();
  const stock = { onHand: 1000, held: 0, sold: 0 };
  const gone = () => new StatusError(ErrorReason.RESERVATION_GONE, "gone");

  function end(name: string, state: ReservationState): void {
    const kept = find(name);
    if (kept.state !== HELD) return;
    kept.state = state;
    stock.held -= 1;
  }

  function find(name: string): Kept {
    const kept = reservations.get(name);
    if (kept === undefined)
      throw new StatusError(ErrorReason.RESERVATION_NOT_FOUND, "there is no such reservation");
    return kept;
  }

  function commit(name: string, payment: string): Kept {
    const kept = reservations.get(name);
    if (kept === undefined || (kept.state === HELD && kept.fenced.has(payment))) throw gone();
    if (kept.state === COMMITTED && kept.payment !== payment) {
      throw new StatusError(ErrorReason.RESERVATION_TAKEN, "taken");
    }
    if (kept.state === RELEASED || kept.state === EXPIRED) throw gone();
    if (kept.state === COMMITTED) return kept;
    Object.assign(kept, { state: COMMITTED, payment });
    stock.onHand -= 1;
    stock.held -= 1;
    stock.sold += 1;
    return kept;
  }

  function uncommit(name: string, payment: string): void {
    const kept = reservations.get(name);
    kept?.fenced.add(payment);
    if (kept?.state !== COMMITTED || kept.payment !== payment) return;
    Object.assign(kept, { state: RELEASED, payment: "" });
    stock.onHand += 1;
    stock.sold -= 1;
  }

  const server = await serve({
    listen,
    services: [
      bind(InventoryServiceService, InventoryService, {
        ...others(),
        getReservation: async ({ name }) => Reservation.fromPartial(find(name)),
        commitReservation: async ({ name, payment }) => Reservation.fromPartial(commit(name, payment)),
        uncommitReservation: async ({ name, payment }) => {
          uncommit(name, payment);
          return {};
        },
      }),
    ],
    probe: async () => undefined,
    log: createLog({ level: "silent", name: "inventory" }),
  });
  return {
    address: server.address,
    reserve: (owner, total) => {
      const name = `reservations/r${reservations.size + 1}`;
      reservations.set(name, { name, owner, total, state: HELD, payment: "", fenced: new Set() });
      stock.held += 1;
      return name;
    },
    expire: (name) => end(name, EXPIRED),
    release: (name) => end(name, RELEASED),
    get: find,
    stock,
    [Symbol.asyncDispose]: () => close(server),
  };
}

function others() {
  const refuse = async (): Promise<never> => {
    throw new StatusError(ErrorReason.UNIMPLEMENTED, "not a part of the saga");
  };
  const refuseStream = (): AsyncIterable<never> => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) });
  return {
    createItem: refuse,
    updateItem: refuse,
    getItem: refuse,
    listItems: refuse,
    addStock: refuse,
    createReservation: refuse,
    releaseReservation: refuse,
    watchStock: refuseStream,
    importItems: refuse,
    syncStock: refuseStream,
  };
}

function close(server: RunningServer): Promise<void> {
  return Promise.resolve(server[Symbol.asyncDispose]());
}
