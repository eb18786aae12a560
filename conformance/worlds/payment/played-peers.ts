import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import {
  AuthorizeOutcome,
  type AuthorizeRequest,
  CancelOutcome,
  CaptureOutcome,
  CardProviderService,
  type ListLedgerRequest,
  RefundOutcome,
  type RefundRequest,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { Role, User, UserState } from "@theseus/contract/theseus/user/v1/user.js";
import { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import { ErrorReason, StatusError } from "@theseus/kit";
import type { WorldStep } from "../../src/cases/steps.js";
import type { CaseRun } from "../../src/steps/case-run.js";
import { CaseScripts, plainCard } from "./case-scripts.js";
import type { Deviation } from "./deviation.js";
import { performPeerStep } from "./peer-steps.js";
import type { Played } from "./played.js";
import { PlayedInventory } from "./played-inventory.js";
import { byCard, playedMethod } from "./played-method.js";
import { PlayedProvider } from "./played-provider.js";
import type { Script } from "./script.js";

/** Inventory, user and card provider as one server, for payment services that are tested alone. */
export interface PlayedPeers extends AsyncDisposable {
  /** The service's MESH. */
  readonly address: string;
  /** Takes over how the peers deviate in a case that begins. */
  begin(run: CaseRun): void;
  /** Performs the steps of this world; false for others. */
  perform(step: WorldStep, run: CaseRun): Promise<boolean>;
}

export async function playPeers(): Promise<PlayedPeers> {
  const played: Played = {
    inventory: new PlayedInventory(),
    provider: new PlayedProvider(),
    scripts: new CaseScripts(),
    gone: new Set(),
    unknown: new Set(),
  };
  const server = new Server();
  addInventory(server, played);
  addUsers(server, played);
  addProvider(server, played);
  const socket = join(tmpdir(), `tp-${randomBytes(6).toString("hex")}.sock`);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    address: `unix:${socket}`,
    begin: ({ test, scope }) => {
      const script = played.scripts.of(scope.user("script"));
      // The schema of this world has read them.
      const words = Object.entries(test.peers) as [string, readonly Deviation[]][];
      for (const [method, deviations] of words) script.append(method, deviations);
    },
    perform: (step, run) => performPeerStep(played, step, run),
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
      rmSync(socket, { force: true });
    },
  };
}

const { RESERVATION_STATE_RELEASED: RELEASED, RESERVATION_STATE_COMMITTED: COMMITTED } = ReservationState;
const ANOTHER = "reservations/another";

interface AboutReservation {
  readonly name: string;
  readonly payment: string;
}

interface AboutPayment {
  readonly paymentId: string;
}

function addInventory(server: Server, { inventory, scripts }: Played): void {
  const ofTaking = ({ name, payment }: AboutReservation): Script =>
    scripts.ofPayment(payment, inventory.ownerOf(name));
  const methods = ["getReservation", "commitReservation", "uncommitReservation"] as const;
  server.addService(asStreams(InventoryServiceService, methods), {
    getReservation: playedMethod({
      name: "inventory.GetReservation",
      scriptOf: ({ name }: { name: string }) => scripts.of(inventory.ownerOf(name)),
      act: ({ name }) => inventory.get(name),
      near: {
        no: ErrorReason.RESERVATION_NOT_FOUND,
        decides: ({ name }) => ({ ...inventory.get(name), state: RELEASED }),
        ofAnother: ({ name }) => ({ ...inventory.get(name), name: ANOTHER, state: RELEASED }),
      },
    }),
    commitReservation: playedMethod({
      name: "inventory.CommitReservation",
      scriptOf: ofTaking,
      act: (request: AboutReservation) => inventory.commit(request),
      near: {
        no: ErrorReason.RESERVATION_GONE,
        decides: ({ name, payment }) => ({ ...inventory.get(name), state: COMMITTED, payment }),
        ofAnother: ({ name, payment }) => ({
          ...inventory.get(name),
          name: ANOTHER,
          state: COMMITTED,
          payment,
        }),
        forAnother: ({ name }) => ({ ...inventory.get(name), state: COMMITTED, payment: "payments/another" }),
      },
    }),
    uncommitReservation: playedMethod({
      name: "inventory.UncommitReservation",
      scriptOf: ofTaking,
      act: (request: AboutReservation) => {
        inventory.uncommit(request);
        return {};
      },
      near: { no: ErrorReason.RESERVATION_NOT_FOUND, decides: () => ({}) },
    }),
  });
}

function addUsers(server: Server, { gone, unknown, scripts }: Played): void {
  server.addService(asStreams(UserServiceService, ["getUser"]), {
    getUser: playedMethod({
      name: "user.GetUser",
      scriptOf: ({ name }: { name: string }) => scripts.of(name),
      act: ({ name }) => {
        if (unknown.has(name)) throw new StatusError(ErrorReason.USER_NOT_FOUND, "no such user");
        const state = gone.has(name) ? UserState.USER_STATE_DELETED : UserState.USER_STATE_ACTIVE;
        return User.fromPartial({ name, state, roles: [Role.ROLE_CUSTOMER] });
      },
      near: {
        no: ErrorReason.USER_NOT_FOUND,
        decides: ({ name }) => User.fromPartial({ name, state: UserState.USER_STATE_DELETED }),
        ofAnother: () => User.fromPartial({ name: "users/another", state: UserState.USER_STATE_DELETED }),
      },
    }),
  });
}

function addProvider(server: Server, { provider, scripts }: Played): void {
  const scriptOf = ({ paymentId }: AboutPayment): Script => scripts.ofPayment(paymentId);
  const no = ErrorReason.REQUEST_ID_REUSED;
  const methods = ["authorize", "capture", "cancel", "refund", "listLedger"] as const;
  server.addService(asStreams(CardProviderService, methods), {
    authorize: playedMethod({
      name: "provider.Authorize",
      scriptOf: ({ paymentId, cardToken }: AuthorizeRequest) => scripts.ofPayment(paymentId, cardToken),
      act: (request) => {
        const cardToken = plainCard(request.cardToken);
        const behaviour = provider.behaviour("Authorize", request.paymentId, cardToken);
        return byCard(behaviour, () => ({ outcome: provider.authorize({ ...request, cardToken }) }));
      },
      near: { no, decides: () => ({ outcome: AuthorizeOutcome.AUTHORIZE_OUTCOME_DECLINED }) },
    }),
    capture: playedMethod({
      name: "provider.Capture",
      scriptOf,
      act: ({ paymentId }: AboutPayment) =>
        byCard(provider.behaviour("Capture", paymentId), () => ({ outcome: provider.capture(paymentId) })),
      near: { no, decides: () => ({ outcome: CaptureOutcome.CAPTURE_OUTCOME_CAPTURED }) },
    }),
    cancel: playedMethod({
      name: "provider.Cancel",
      scriptOf,
      act: ({ paymentId }: AboutPayment) => ({ outcome: provider.cancel(paymentId) }),
      near: { no, decides: () => ({ outcome: CancelOutcome.CANCEL_OUTCOME_CANCELLED }) },
    }),
    refund: playedMethod({
      name: "provider.Refund",
      scriptOf,
      act: (request: RefundRequest) => ({ outcome: provider.refund(request) }),
      near: { no, decides: () => ({ outcome: RefundOutcome.REFUND_OUTCOME_REFUNDED }) },
    }),
    listLedger: playedMethod({
      name: "provider.ListLedger",
      scriptOf,
      act: (request: ListLedgerRequest) => provider.listLedger(request),
      near: {
        no: ErrorReason.PAGE_TOKEN_INVALID,
        decides: (request: ListLedgerRequest) => provider.listLedger(request),
        ofAnother: (request: ListLedgerRequest) => {
          const { entries, nextPageToken } = provider.listLedger(request);
          const others = entries.map((entry) => ({ ...entry, paymentId: "another" }));
          return { entries: [...entries, ...others], nextPageToken };
        },
      },
    }),
  });
}

/** The part of a service that is played. What has one message is on the wire a stream of one. */
function asStreams(service: ServiceDefinition, methods: readonly string[]): ServiceDefinition {
  return Object.fromEntries(
    methods.map((name) => [name, { ...(service[name] as ServiceDefinition[string]), responseStream: true }]),
  );
}
