import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { type Reservation, ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import {
  CardProviderService,
  type LedgerEntry,
  LedgerEntryType,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { createClient, ErrorReason, reasonName, StatusError } from "@theseus/kit";
import type { Endpoints, SystemStatus } from "@theseus/runtime/control";
import type { Money } from "../../money.js";
import type { LedgerFact, ReservationFact, Said } from "./payment-story.js";

const timeoutMs = 3_000;

/** By the developer's socket, who may call what payment may. Undefined where inventory says that there is none. */
export async function askReservation(
  { grpc: { inventory: address = "" } }: Endpoints,
  name: string,
): Promise<Said<ReservationFact | undefined>> {
  await using inventory = createClient(InventoryServiceService, { address, timeoutMs });
  try {
    return { is: toReservation(await inventory.getReservation({ name })) };
  } catch (error) {
    if (error instanceof StatusError && error.reason === ErrorReason.RESERVATION_NOT_FOUND)
      return { is: undefined };
    return { missing: `inventory answered ${describe(error)}` };
  }
}

/** Through the sidecar of an instance of payment: to it alone the provider answers. */
export async function askLedger(
  { instances }: SystemStatus,
  paymentId: string,
): Promise<Said<readonly LedgerFact[]>> {
  const socket = instances.find(
    ({ workload, kind, health }) => workload === "payment" && kind === "sidecar" && health === "SERVING",
  )?.sockets.mesh;
  if (socket === undefined) return { missing: "no sidecar of payment runs, and only payment may read it" };
  await using provider = createClient(CardProviderService, { address: `unix:${socket}`, timeoutMs });
  const entries: LedgerFact[] = [];
  let pageToken = "";
  try {
    do {
      const page = await provider.listLedger({ paymentId, pageSize: 200, pageToken });
      entries.push(...page.entries.map(toLedgerFact));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    return { is: entries };
  } catch (error) {
    return { missing: `the card provider, asked through payment's sidecar, answered ${describe(error)}` };
  }
}

function toReservation({ name, state, payment, total }: Reservation): ReservationFact {
  return {
    ...{ name, state: ReservationState[state].replace("RESERVATION_STATE_", "") },
    ...(payment !== "" && { payment }),
    ...(total && { total: toMoney(total) }),
  };
}

function toLedgerFact({ sequence, type, amount, refundId, entryTime }: LedgerEntry): LedgerFact {
  return {
    sequence: Number(sequence),
    type: LedgerEntryType[type].replace("LEDGER_ENTRY_TYPE_", ""),
    ...(amount && { amount: toMoney(amount) }),
    ...(refundId !== "" && { refundId }),
    time: (entryTime ?? new Date(0)).toISOString(),
  };
}

function toMoney({
  currencyCode,
  units,
  nanos,
}: {
  currencyCode: string;
  units: bigint;
  nanos: number;
}): Money {
  return { currencyCode, units: units.toString(), nanos };
}

/** `SERVICE_UNAVAILABLE: the service cannot be reached now` */
function describe(error: unknown): string {
  const { reason, message } = StatusError.from(error);
  return `${reasonName(reason)}: ${message}`;
}
