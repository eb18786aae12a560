import type { Empty } from "@theseus/contract/google/protobuf/empty.js";
import { type Call, requireUser } from "@theseus/kit";
import type { UserContext } from "../user-context.js";

/** Ends the session of the call's access token. */
export async function deleteSession({ sessions }: UserContext, call: Call): Promise<Empty> {
  await sessions.end(requireUser(call).sessionId);
  return {};
}
