import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../shop.js";

interface Panel {
  readonly title: string;
  /** Absent of a heading. */
  readonly targets?: readonly { readonly expr: string }[];
}

export interface Query {
  readonly title: string;
  readonly expr: string;
}

/** Where Prometheus, its rules and Grafana's dashboard are shipped. */
export const observe = join(checkout, "deploy/observe");

/** What the shipped dashboard asks Prometheus for. */
export function dashboardQueries(): readonly Query[] {
  const { panels } = JSON.parse(readFileSync(join(observe, "grafana/theseus.json"), "utf8")) as {
    readonly panels: readonly Panel[];
  };
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
}

/** Of a query: the metrics that it asks for. */
export function metricsIn(expr: string): readonly string[] {
  return expr.replace(/\b(?:by|on) \([^)]*\)/g, "").match(/\b(?:envoy|theseus)_\w+(?=[{[) ]|$)/g) ?? [];
}
