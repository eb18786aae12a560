import { type Variable, variable } from "@theseus/kit";
import { MongoClient } from "mongodb";

/**
 * A connection string with its database. Several hosts are no URL to the platform's parser, so the driver's own decides.
 * Never echoed: it may carry a password.
 */
export function mongodbUrl(name: string): Variable<string> {
  const text = variable.text(name);
  return {
    names: text.names,
    read(env) {
      const reading = text.read(env);
      if ("faults" in reading || isConnectionString(reading.value)) return reading;
      const problem =
        "must be a connection string with a database, such as mongodb://127.0.0.1:27017/orders, and options that the driver knows";
      return { faults: [{ variable: name, problem }] };
    },
  };
}

function isConnectionString(text: string): boolean {
  if (!/^mongodb(\+srv)?:\/\/[^/]+\/[^/?]+/.test(text)) return false;
  try {
    return new MongoClient(text).options.hosts !== undefined;
  } catch {
    return false;
  }
}
