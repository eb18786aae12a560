import { join } from "node:path";
import {
  type Authority,
  type IdentityPaths,
  keepIdentity,
  openAuthority,
  openSigningKeys,
  type SigningKeys,
  writeIdentity,
} from "@theseus/mesh/identity";
import { toFault } from "../fault.js";
import type { ShopContext } from "./context.js";
import { type Credentials, keepCredentials, writePrivate } from "./credentials.js";

const dayMs = 24 * 3_600_000;

/** Keys, certificates and credentials of a shop, kept and renewed. */
export interface Secrets extends AsyncDisposable {
  readonly signingKeys: SigningKeys;
  /** Certificate files by workload. */
  readonly identities: ReadonlyMap<string, IdentityPaths>;
  /** The outside party's own authority: its server certificate, and what its clients show. */
  readonly provider: { readonly server: IdentityPaths; readonly client: IdentityPaths };
  readonly admin: Credentials;
  readonly customer: Credentials;
  readonly files: { readonly admin: string; readonly customer: string; readonly bootstrapAdmin: string };
}

export async function openSecrets(context: ShopContext): Promise<Secrets> {
  const { secrets } = context.home;
  const opened: AsyncDisposable[] = [];
  const keep = async (
    folder: string,
    issue: () => ReturnType<Authority["issue"]>,
  ): Promise<IdentityPaths> => {
    const onFault = (error: unknown) => context.report(toFault(error, `${folder} cannot be renewed`).message);
    const kept = await keepIdentity(join(secrets, "identity", folder), { issue, onFault });
    opened.push(kept);
    return kept.paths;
  };
  const authority = await openAuthority(join(secrets, "authority"), { topology: context.topology });
  const identities = new Map<string, IdentityPaths>();
  for (const { name } of context.topology.workloads) {
    identities.set(name, await keep(name, () => authority.issue(name)));
  }
  return {
    signingKeys: await openSigningKeys(join(secrets, "signing")),
    identities,
    provider: await providerIdentities(context, keep),
    ...people(secrets),
    async [Symbol.asyncDispose]() {
      for (const kept of opened) await kept[Symbol.asyncDispose]();
    },
  };
}

async function providerIdentities(
  { home, topology }: ShopContext,
  keep: (folder: string, issue: () => ReturnType<Authority["issue"]>) => Promise<IdentityPaths>,
): Promise<Secrets["provider"]> {
  const folder = join(home.secrets, "provider-authority");
  const authority = await openAuthority(folder, { name: "card provider authority" });
  // The provider reads its certificate when it starts, as an outside party would: one that outlives any run.
  const lasting = await openAuthority(folder, { name: "card provider authority", lifetimeMs: 365 * dayMs });
  const names = [...topology.externals.map(({ serverName }) => serverName), "127.0.0.1"];
  return {
    server: await writeIdentity(join(home.secrets, "identity", "provider"), await lasting.issueServer(names)),
    client: await keep("provider-client", () => authority.issueClient("payment")),
  };
}

function people(secrets: string): Pick<Secrets, "admin" | "customer" | "files"> {
  const files = {
    admin: join(secrets, "admin.json"),
    customer: join(secrets, "customer.json"),
    bootstrapAdmin: join(secrets, "bootstrap-admin.json"),
  };
  const admin = keepCredentials(files.admin, "admin@theseus.example");
  writePrivate(files.bootstrapAdmin, { ...admin, display_name: "Administrator" });
  return { admin, customer: keepCredentials(files.customer, "ariadne@theseus.example"), files };
}
