import { copyFile, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import {
  type Authority,
  type Identity,
  keepIdentity,
  openAuthority,
  openSigningKeys,
  writeIdentity,
} from "@theseus/mesh/identity";
import { externalsOf } from "@theseus/mesh/policy";
import type { SystemExternal, SystemWorkload } from "@theseus/runtime/system";
import { externalSecretsVolume, secretsVolume } from "../names.js";
import { places } from "../places.js";
import type { ControlContext } from "./control-context.js";
import { identityFolder, writeTokenKeys } from "./sidecar-folder.js";

const dayMs = 24 * 3_600_000;

/**
 * Makes the authorities and keys where there are none, writes what each container needs into its own volume, and renews
 * every leaf when half of its life is over, until it is disposed of.
 */
export async function keepSecrets(context: ControlContext): Promise<AsyncDisposable> {
  const { system, pairs } = context;
  await using opened = new AsyncDisposableStack();
  const keep = async (folder: string, issue: () => Promise<Identity>) => {
    opened.use(await keepIdentity(folder, { issue, onFault: (error) => context.report(String(error)) }));
  };
  const authority = await openAuthority(context.state("authority"), { topology: system.topology });
  for (const pair of pairs) {
    const folder = identityFolder(context.volume(pair.mesh), "mesh");
    await keep(folder, () => authority.issue(pair.workload.name));
  }
  for (const external of system.topology.externals) await keepExternal(context, external, keep);
  await keepFiles(context);
  return opened.move();
}

type Keep = (folder: string, issue: () => Promise<Identity>) => Promise<void>;

/** An outside party has an authority of its own, which also makes what its callers show. */
async function keepExternal(context: ControlContext, external: SystemExternal, keep: Keep): Promise<void> {
  const { policy, pairs, system } = context;
  const { name, title, serverName } = external;
  const options = { name: `${title} authority`, topology: system.topology };
  const folder = context.state(`${name}-authority`);
  const authority: Authority = await openAuthority(folder, options);
  // It reads its certificate only when it starts: this one outlives any run.
  const lasting = await openAuthority(folder, { ...options, lifetimeMs: 365 * dayMs });
  const server = await lasting.issueServer([serverName]);
  await writeIdentity(context.volume(externalSecretsVolume(external)), server);
  for (const { workload, mesh } of pairs) {
    if (!externalsOf(policy, system.topology, workload.name).includes(name)) continue;
    await keep(identityFolder(context.volume(mesh), name), () => authority.issueClient(workload.name));
  }
}

/** The keys of access tokens: private ones for who signs, public ones for every sidecar. And the accounts of people. */
async function keepFiles(context: ControlContext): Promise<void> {
  const { system, pairs } = context;
  const { privateFile, publicKeys } = await openSigningKeys(context.state("signing"));
  const keys = await publicKeys();
  for (const { workload, mesh } of pairs) {
    if (workload.services.length > 0) writeTokenKeys(context.volume(mesh), system.topology, keys);
  }
  await mkdir(context.people, { recursive: true, mode: 0o700 });
  system.keepSecrets(context.people);
  for (const workload of system.topology.workloads) {
    const volume = secretsVolume(workload);
    if (volume !== undefined)
      await handOver(workload, context.volume(volume), { privateFile, people: context.people });
  }
}

async function handOver(
  { variables }: SystemWorkload,
  folder: string,
  { privateFile, people }: { readonly privateFile: string; readonly people: string },
): Promise<void> {
  for (const source of Object.values(variables)) {
    if (source.from === "signing-keys") await replaceByCopy(privateFile, join(folder, signingKeysFile));
    if (source.from === "secret") await replaceByCopy(join(people, source.file), join(folder, source.file));
  }
}

/** In one step: an application may be reading it. */
async function replaceByCopy(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.new`);
  await rename(`${to}.new`, to);
}

const signingKeysFile = places.signingKeys.slice(places.secrets.length + 1);
