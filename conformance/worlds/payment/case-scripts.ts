import { Script } from "./script.js";

/**
 * The scripts of all cases that share the played peers. A call belongs to the case whose mark ends one of its texts:
 * the user's name, the reservation's owner, or the card token (`${id:card-ok}`); what is marked once marks its payment.
 */
export class CaseScripts {
  readonly #scripts = new Map<string, Script>();
  readonly #payments = new Map<string, string>();

  /** The script of the case that a marked text belongs to; an empty one when the text has no mark. */
  of(marked: string): Script {
    const mark = markOf(marked);
    const known = this.#scripts.get(mark);
    if (known !== undefined) return known;
    const made = new Script();
    if (mark !== "") this.#scripts.set(mark, made);
    return made;
  }

  /** The same for a call about a payment, which belongs to the case that first called with it. */
  ofPayment(payment: string, marked = ""): Script {
    const id = payment.replace("payments/", "");
    const mark = this.#payments.get(id) ?? markOf(marked);
    if (mark !== "") this.#payments.set(id, mark);
    return this.of(`-${mark}`);
  }
}

const MARK = /-([0-9a-f]{10})$/;

function markOf(text: string): string {
  return MARK.exec(text)?.[1] ?? "";
}

/** A card token as the provider knows it, without the mark of a case. */
export function plainCard(token: string): string {
  return token.replace(MARK, "");
}
