import { shop } from "../root-hooks.js";

/** One line of the text format. */
export interface Series {
  /** With its labels, as it stands. */
  readonly key: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the shop tells Prometheus at this moment. */
export async function scrape(): Promise<readonly Series[]> {
  const response = await fetch(shop().endpoints.metrics ?? "");
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.text()).split("\n").flatMap(toSeries);
}

/** The sum of the series of a name that have these labels among theirs. */
export async function total(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  return (await scrape())
    .filter((series) => series.name === name)
    .filter((series) => Object.entries(labels).every(([label, value]) => series.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

function toSeries(line: string): readonly Series[] {
  const [, key, name, labels, value] = /^((\w+)\{(.*)\}) (\S+)$/.exec(line) ?? [];
  if (key === undefined || name === undefined) return [];
  const pairs = [...(labels ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return [
    {
      key,
      name,
      labels: Object.fromEntries(pairs.map(([, label = "", text = ""]) => [label, text])),
      value: Number(value),
    },
  ];
}
