import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { CardProviderService, LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { User, UserState } from "@theseus/contract/theseus/user/v1/user.js";
import { UserServiceService } from "@theseus/contract/theseus/user/v1/user_service.js";
import { ErrorReason, StatusError, toStatusObject } from "@theseus/kit";
import type { Step, Value } from "../case.js";
import { type CaseRun, StepFailure } from "../case-run.js";
import type { Contract } from "../contract.js";
import { mismatches, toMs } from "../expectation.js";
import { PlayedInventory } from "./played-inventory.js";
import { PlayedProvider } from "./played-provider.js";
import { Script } from "./script.js";

export interface PlayOptions {
  readonly contract: Contract;
  readonly script: { readonly [method: string]: readonly string[] };
}

/** Inventory, user and card provider as one server, for a payment service that is tested alone. */
export interface PlayedPeers extends AsyncDisposable {
  /** The service's MESH. */
  readonly address: string;
  /** Performs `reservation`, `peer` and `ledger` steps; false for others. */
  perform(verb: string, step: Step, run: CaseRun): Promise<boolean>;
}

export async function playPeers({ script: deviations }: PlayOptions): Promise<PlayedPeers> {
  const inventory = new PlayedInventory();
  const provider = new PlayedProvider();
  const script = new Script(deviations);
  const gone = new Set<string>();
  const server = new Server();
  const played = <Request, Response>(
    method: string,
    act: (request: Request) => Response | Promise<Response>,
  ) => playedMethod(script, method, act);

  server.addService(
    pick(InventoryServiceService, ["getReservation", "commitReservation", "uncommitReservation"]),
    {
      getReservation: played("inventory.GetReservation", ({ name }: { name: string }) => inventory.get(name)),
      commitReservation: played("inventory.CommitReservation", inventory.commit.bind(inventory)),
      uncommitReservation: played(
        "inventory.UncommitReservation",
        (request: { name: string; payment: string }) => {
          inventory.uncommit(request);
          return {};
        },
      ),
    },
  );
  server.addService(pick(UserServiceService, ["getUser"]), {
    getUser: played("user.GetUser", ({ name }: { name: string }) => {
      const state = gone.has(name) ? UserState.USER_STATE_DELETED : UserState.USER_STATE_ACTIVE;
      return User.fromPartial({ name, state, roles: ["customer"] });
    }),
  });
  server.addService(CardProviderService, {
    authorize: played("provider.Authorize", async (request: Parameters<PlayedProvider["authorize"]>[0]) => {
      const behaviour = provider.behaviour("Authorize", request.paymentId, request.cardToken);
      return answerAs(behaviour, () => ({ outcome: provider.authorize(request) }));
    }),
    capture: played("provider.Capture", async ({ paymentId }: { paymentId: string }) => {
      return answerAs(provider.behaviour("Capture", paymentId), () => ({
        outcome: provider.capture(paymentId),
      }));
    }),
    cancel: played("provider.Cancel", ({ paymentId }: { paymentId: string }) => ({
      outcome: provider.cancel(paymentId),
    })),
    refund: played("provider.Refund", (request: Parameters<PlayedProvider["refund"]>[0]) => ({
      outcome: provider.refund(request),
    })),
    listLedger: played("provider.ListLedger", ({ paymentId }: { paymentId: string }) => ({
      entries: provider.ledger(paymentId),
      nextPageToken: "",
    })),
  });

  const socket = join(tmpdir(), `tp-${randomBytes(6).toString("hex")}.sock`);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    address: `unix:${socket}`,
    perform: (verb, step, run) => performPeerStep({ inventory, provider, script, gone }, verb, step, run),
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
      rmSync(socket, { force: true });
    },
  };
}

interface Played {
  readonly inventory: PlayedInventory;
  readonly provider: PlayedProvider;
  readonly script: Script;
  readonly gone: Set<string>;
}

const NEVER = Symbol("never answered");

async function answerAs<T>(behaviour: ReturnType<PlayedProvider["behaviour"]>, act: () => T): Promise<T> {
  if (behaviour === "down")
    throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the card provider is down");
  if (behaviour === "slow") await sleep(2000);
  const answer = act();
  if (behaviour === "lose") throw NEVER;
  return answer;
}

function playedMethod<Request, Response>(
  script: Script,
  method: string,
  act: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    const deviation = script.take(method);
    if (deviation === "unavailable")
      return refuse(callback, new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "played"));
    if (deviation === "hold") {
      return script.hold(
        method,
        () =>
          void Promise.resolve(call.request)
            .then(act)
            .catch(() => undefined),
      );
    }
    try {
      const answer = await act(call.request);
      if (deviation !== "lose") callback(null, answer);
    } catch (thrown) {
      if (thrown !== NEVER && deviation !== "lose") refuse(callback, StatusError.from(thrown));
    }
  };
}

function refuse<Response>(callback: sendUnaryData<Response>, error: StatusError): void {
  callback(toStatusObject(error));
}

/** The part of a service that is played. */
function pick<S extends ServiceDefinition, K extends keyof S & string>(
  service: S,
  methods: readonly K[],
): Pick<S, K> {
  return Object.fromEntries(methods.map((name) => [name, service[name]])) as Pick<S, K>;
}

async function performPeerStep(played: Played, verb: string, step: Step, run: CaseRun): Promise<boolean> {
  const fields = run.scope.fill(step as Record<string, Value>) as Record<string, Value>;
  if (verb === "reservation") return performReservation(played, fields, run);
  if (verb === "ledger") return performLedger(played, fields, run);
  if (verb === "peer") return performPeer(played, fields, run);
  return false;
}

/** `reservation: NAME, owner: alice, total: {…}, hold: 900s` makes one and binds its name. */
function performReservation({ inventory }: Played, step: Record<string, Value>, run: CaseRun): boolean {
  const {
    units = 12,
    nanos = 500_000_000,
    currency_code: currencyCode = "EUR",
  } = (step.total ?? {}) as Record<string, Value>;
  const total = { currencyCode: String(currencyCode), units: BigInt(String(units)), nanos: Number(nanos) };
  const name = inventory.reserve(
    run.scope.user(String(step.owner)),
    total,
    toMs(String(step.hold ?? "900s")),
  );
  run.scope.bind(String(step.reservation), name);
  return true;
}

/** `ledger: PAYMENT, entries: [AUTHORIZED, CAPTURED]`: what the provider has written of a payment. */
function performLedger({ provider }: Played, step: Record<string, Value>, run: CaseRun): boolean {
  const payment = String(step.ledger).replace("payments/", "");
  const entries = provider.ledger(payment).map(({ type, amount, refundId }) => ({
    type: (LedgerEntryType[type] ?? "").replace("LEDGER_ENTRY_TYPE_", ""),
    ...(amount === undefined ? {} : { units: String(amount.units), nanos: amount.nanos }),
    refund_id: refundId,
  }));
  const wanted = (step.entries as readonly Value[]).map((entry) =>
    typeof entry === "string" ? { type: entry } : entry,
  );
  const faults = mismatches(wanted, entries, run.scope, "ledger");
  if (faults.length > 0) throw new StepFailure("ledger", undefined, wanted, entries, faults);
  return true;
}

/**
 * `peer: provider.Capture` with one of: `then: [lose]`, `reached: 1`, `deliver: true`, `calls: 2`;
 * `peer: inventory` with `release: NAME` or `shows: NAME, is: {…}`; `peer: user` with `delete: NAME`.
 */
async function performPeer(played: Played, step: Record<string, Value>, run: CaseRun): Promise<boolean> {
  const method = String(step.peer);
  if (step.then !== undefined) played.script.append(method, step.then as readonly string[]);
  else if (step.reached !== undefined) await played.script.reached(method, Number(step.reached), 10_000);
  else if (step.deliver === true) played.script.deliver(method);
  else if (step.calls !== undefined) checkCalls(played.script.calls(method), step);
  else if (step.release !== undefined) played.inventory.release(String(step.release));
  else if (step.delete !== undefined) played.gone.add(run.scope.user(String(step.delete)));
  else if (step.shows !== undefined) checkReservation(played.inventory, step, run);
  else throw new Error(`${JSON.stringify(step)} does not say what the peer is to do`);
  return true;
}

function checkCalls(made: number, step: Record<string, Value>): void {
  if (made === Number(step.calls)) return;
  throw new StepFailure(`calls of ${step.peer}`, undefined, step.calls ?? null, made, [
    `it was called ${made} times`,
  ]);
}

function checkReservation(inventory: PlayedInventory, step: Record<string, Value>, run: CaseRun): void {
  const { state, payment } = inventory.get(String(step.shows));
  const actual = { state: (ReservationState[state] ?? "").replace("RESERVATION_STATE_", ""), payment };
  const faults = mismatches(step.is ?? {}, actual, run.scope, "reservation");
  if (faults.length > 0) throw new StepFailure("reservation", undefined, step.is ?? {}, actual, faults);
}
