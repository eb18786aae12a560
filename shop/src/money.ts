/** `google.type.Money` in JSON. */
export interface Money {
  readonly currencyCode: string;
  readonly units?: string;
  readonly nanos?: number;
}

/** `12.5 EUR` */
export function moneyText({ currencyCode, units = "0", nanos = 0 }: Money): string {
  const fraction = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return `${units}${fraction} ${currencyCode}`;
}
