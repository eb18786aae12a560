import type { Identity } from "./certificate.js";
import { type IdentityPaths, writeIdentity } from "./identity-folder.js";

export interface RenewalOptions {
  /** Makes the next identity. */
  readonly issue: () => Promise<Identity>;
  /** Told when a renewal failed; the next try follows at the next check. */
  readonly onFault: (error: unknown) => void;
  readonly onRenewed?: (identity: Identity) => void;
  readonly now?: () => Date;
  /** How often the clock is compared with the certificate's age. Default one minute, at most a tenth of the lifetime. */
  readonly checkMs?: number;
}

export interface KeptIdentity extends AsyncDisposable {
  readonly paths: IdentityPaths;
  /** Replaces the identity now, however young it is. */
  renew(): Promise<Identity>;
}

/**
 * Writes an identity into a folder and replaces it whenever half of its life is over. The wall clock is compared
 * again and again instead of sleeping for hours, so a machine that slept renews as soon as it wakes.
 */
export async function keepIdentity(folder: string, options: RenewalOptions): Promise<KeptIdentity> {
  const { issue, onFault, onRenewed = () => {}, now = () => new Date() } = options;
  let current = await issue();
  const paths = await writeIdentity(folder, current);
  let running: Promise<unknown> = Promise.resolve();
  let busy = false;

  const replace = async (): Promise<Identity> => {
    const next = await issue();
    await writeIdentity(folder, next);
    current = next;
    onRenewed(next);
    return next;
  };
  /** One after the other: each takes away what the one before has written. */
  const renew = (): Promise<Identity> => {
    const renewed = running.then(replace, replace);
    running = renewed.catch(() => undefined);
    return renewed;
  };
  const timer = setInterval(
    () => {
      if (busy || now() < halfLife(current)) return;
      busy = true;
      void renew()
        .catch(onFault)
        .finally(() => {
          busy = false;
        });
    },
    Math.min(options.checkMs ?? 60_000, lifetime(current) / 10),
  );
  timer.unref();

  return {
    paths,
    renew,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

function halfLife(identity: Identity): Date {
  return new Date(identity.issuedAt.getTime() + lifetime(identity) / 2);
}

function lifetime(identity: Identity): number {
  return identity.expiresAt.getTime() - identity.issuedAt.getTime();
}
