import { Fault } from "../fault.js";
import type { Instances } from "../instances/instances.js";
import { rotateCertificates } from "../rotation/rotate-certificates.js";
import { type KeyStep, rotateKeys } from "../rotation/rotate-keys.js";
import type { InstanceIdentity } from "../system/secrets.js";
import type { Rotated } from "./change.js";
import type { Say } from "./say.js";

/** Gives everybody new ones, while all goes on. */
export function rotate(instances: Instances, what: Rotated, say: Say): Promise<void> {
  switch (what) {
    case "certificates":
      return certificates(instances, say);
    case "keys":
      return keys(instances, say);
    default:
      return what satisfies never;
  }
}

async function certificates({ around, context, pairs }: Instances, say: Say): Promise<void> {
  const { identities } = around.secrets;
  const refused = new Set(identities.flatMap((identity) => refusalOf(identity, say)));
  const kept = identities
    .filter(({ instance }) => !refused.has(instance))
    .flatMap((identity) => identity.kept);
  const sidecars = () =>
    pairs.filter(({ instance }) => !refused.has(instance.name)).map(({ place }) => place);
  await rotateCertificates({ identities: kept, sidecars, signal: context.signal });
  say(`${kept.length} new certificates, and every sidecar shows its own`);
}

/** The instance, when the authority issues nothing to it any more. */
function refusalOf({ instance, mayIssue }: InstanceIdentity, say: Say): readonly string[] {
  try {
    mayIssue();
    return [];
  } catch (error) {
    say(error instanceof Fault ? error.problem : String(error));
    return [instance];
  }
}

/** Done when the next key signs: the old one is removed a minute later, whatever goes on then. */
async function keys({ around, context }: Instances, say: Say): Promise<void> {
  const { secrets, tokenKeys } = around;
  await new Promise<void>((resolve, reject) => {
    const onStep = (step: KeyStep) => {
      if (step.step === "removed") return context.report(`key ${step.retired} is removed everywhere`);
      say(`every sidecar knows key ${step.signing}, which signs from now on`);
      say(
        `key ${step.retired} is removed at ${step.removableAt.toISOString().slice(11, 19)} (UTC), when no token of it is left`,
      );
      resolve();
    };
    rotateKeys({ keys: secrets.signingKeys, readers: tokenKeys, onStep, signal: context.signal }).catch(
      reject,
    );
  });
}
