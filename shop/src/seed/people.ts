import { join } from "node:path";
import type { Endpoints } from "@theseus/runtime/control";
import { keepCredentials, writePrivate } from "./credentials.js";

/** Where the accounts are that people use. */
export type PeopleFiles = Readonly<Record<"admin" | "customer", string>>;

/** Makes the accounts of the administrator and the demonstration customer. */
export function keepPeople(folder: string): PeopleFiles {
  const files = { admin: join(folder, "admin.json"), customer: join(folder, "customer.json") };
  const admin = keepCredentials(files.admin, "admin@theseus.example");
  writePrivate(join(folder, "bootstrap-admin.json"), { ...admin, display_name: "Administrator" });
  keepCredentials(files.customer, "ariadne@theseus.example");
  return files;
}

/** Their files in a shop that runs. */
export function peopleOf({ secrets: { admin, customer } }: Endpoints): PeopleFiles {
  if (admin === undefined || customer === undefined) throw new Error("the shop has no accounts");
  return { admin, customer };
}
