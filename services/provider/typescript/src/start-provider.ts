import { CardProvider } from "@theseus/contract/es/theseus/provider/v1/card_provider_pb.js";
import { CardProviderService } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import {
  AsyncDisposableStack,
  bind,
  type Clock,
  type Log,
  noTelemetry,
  type RunningServer,
  serve,
  type Telemetry,
} from "@theseus/kit";
import type { Config } from "./config.js";
import { createProviderService } from "./rpc/provider-service.js";
import { createLedger } from "./rules/ledger.js";
import { openLedgerFile } from "./store/ledger-file.js";

export interface Surroundings {
  readonly log: Log;
  /** Who is told of calls; nobody when absent. */
  readonly telemetry?: Telemetry;
  readonly clock: Clock;
}

/** The whole service on its own socket and ledger; disposing gives both back. */
export async function startProvider(
  config: Config,
  { log, telemetry = noTelemetry, clock }: Surroundings,
): Promise<RunningServer> {
  await using opened = new AsyncDisposableStack();
  // The last to end: what the others do until then is told too.
  opened.use(telemetry);
  const { file, records, dropped } = await openLedgerFile(config.ledger);
  opened.use(file);
  const ledger = createLedger(records);
  const server = opened.use(
    await serve({
      listen: config.listen,
      services: [bind(CardProviderService, CardProvider, createProviderService({ ledger, file, clock }))],
      probe: () => file.settled(),
      log,
      telemetry,
      ...(config.tls && { tls: config.tls }),
    }),
  );
  // The first line of output says where the process listens.
  if (dropped > 0)
    setImmediate(() => log.warn({ event: "ledger", dropped }, "dropped a last line that a crash had torn"));
  const running = opened.move();
  return { address: server.address, log, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
