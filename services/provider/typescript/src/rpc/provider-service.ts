import type { CardProviderService } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import type { Handlers } from "@theseus/kit";
import type { ProviderContext } from "../provider-context.js";
import { authorize } from "./authorize.js";
import { cancel } from "./cancel.js";
import { capture } from "./capture.js";
import { listLedger } from "./list-ledger.js";
import { refund } from "./refund.js";

export function createProviderService(context: ProviderContext): Handlers<typeof CardProviderService> {
  return {
    authorize: (request, call) => authorize(context, request, call),
    capture: (request, call) => capture(context, request, call),
    cancel: (request, call) => cancel(context, request, call),
    refund: (request, call) => refund(context, request, call),
    listLedger: (request) => listLedger(context, request),
  };
}
