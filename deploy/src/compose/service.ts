/** A service of a compose file, with the fields that these use: https://github.com/compose-spec/compose-spec. */
export interface ComposeService {
  readonly profiles?: readonly string[];
  readonly image: string;
  readonly build?: ComposeBuild;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly group_add?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  /** Null hands on the variable of whoever runs compose, and nothing where it is unset. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: Condition }>>;
  readonly healthcheck?: HealthCheck;
  readonly mem_limit?: string;
  readonly restart?: string;
  readonly stop_grace_period?: string;
}

export type Condition = "service_started" | "service_healthy" | "service_completed_successfully";

export interface ComposeBuild {
  readonly context: string;
  readonly dockerfile: string;
  readonly args?: Readonly<Record<string, string>>;
}

export interface HealthCheck {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
  readonly start_interval: string;
}

/** A health check that looks often until the container is well, and every five seconds from then on. */
export function healthCheck(...test: readonly [string, ...string[]]): HealthCheck {
  return {
    test: ["CMD", ...test],
    interval: "5s",
    timeout: "10s",
    retries: 3,
    start_period: "60s",
    start_interval: "1s",
  };
}

/** The same for something that bash can ask a port of its own container. */
export function bashCheck(script: string): HealthCheck {
  return healthCheck("bash", "-c", script);
}

export function after(
  ...conditions: readonly (readonly [string, Condition])[]
): NonNullable<ComposeService["depends_on"]> {
  return Object.fromEntries(conditions.map(([name, condition]) => [name, { condition }]));
}
