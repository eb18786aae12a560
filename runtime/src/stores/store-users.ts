import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { assertPrivate, createPrivateFile } from "@theseus/mesh/identity";
import { z } from "zod";
import { Fault } from "../fault.js";

export interface StoreUser {
  readonly name: string;
  readonly password: string;
}

/** Who may talk to a store of one's own: nobody else is let in. */
export interface StoreUsers {
  /** Whose data it is. */
  readonly service: StoreUser;
  /** Who reads that data and writes nothing: an instance in standby. */
  readonly reader: StoreUser;
  /** Who asks for the store's health, and sees none of the data. */
  readonly supervisor: StoreUser;
}

const passwords = z.strictObject({ service: z.string().min(32), supervisor: z.string().min(32) });

/** Reads the users' passwords from a private file, which is made when there is none. */
export async function keepStoreUsers(file: string, service: string): Promise<StoreUsers> {
  const made = { service: newPassword(), supervisor: newPassword() };
  const kept = (await createPrivateFile(file, `${JSON.stringify(made)}\n`)) ? made : await read(file);
  return {
    service: { name: service, password: kept.service },
    reader: { name: `${service}-reader`, password: readerPassword(kept.service) },
    supervisor: { name: "supervisor", password: kept.supervisor },
  };
}

/** The service's password gives the reader's, and never the other way round: nothing more has to be kept. */
function readerPassword(service: string): string {
  return createHmac("sha256", service).update("reader").digest("base64url");
}

/** Fit for a URL as it is. */
function newPassword(): string {
  return randomBytes(32).toString("base64url");
}

async function read(file: string): Promise<z.infer<typeof passwords>> {
  try {
    await assertPrivate(file);
    return passwords.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError || error instanceof SyntaxError ? "it is damaged" : String(error);
    throw new Fault(
      `The passwords in ${file} cannot be used: ${why}.`,
      "Make it private and whole, or remove it: the next start makes new ones, and loses no data.",
      { cause: error },
    );
  }
}
