import { CardProvider } from "@theseus/contract/es/theseus/provider/v1/card_provider_pb.js";
import { CardProviderService } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { bind, type Clock, type Log, type Running, serve } from "@theseus/kit";
import type { Config } from "./config.js";
import { createProviderService } from "./rpc/provider-service.js";
import { createLedger } from "./rules/ledger.js";
import { openLedgerFile } from "./store/ledger-file.js";

export async function startProvider(
  config: Config,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<Running> {
  const { file, records, dropped } = await openLedgerFile(config.ledger);
  if (dropped > 0) log.warn({ event: "ledger", dropped }, "dropped a last line that a crash had torn");
  const ledger = createLedger(records);
  const server = await serve({
    listen: config.listen,
    services: [bind(CardProviderService, CardProvider, createProviderService({ ledger, file, clock }))],
    probe: async () => file.assertSound(),
    log,
    ...(config.tls && { tls: config.tls }),
  });
  return {
    address: server.address,
    log,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await file[Symbol.asyncDispose]();
    },
  };
}
