import type { Money } from "@theseus/kit";

/** `12.5 EUR` */
export function toMoneyText({ currencyCode, units, nanos }: Money): string {
  const fraction = nanos === 0 ? "" : `.${nanos.toString().padStart(9, "0").replace(/0+$/, "")}`;
  return `${units}${fraction} ${currencyCode}`;
}
