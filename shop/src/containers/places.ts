import { places, ports } from "@theseus/deploy/control";

/** Where the control plane says how it is. */
export const statusFile = places.status;

export const folders = { volumes: places.volumes, state: places.state, people: places.people };

/** The edge, for who shares its sidecar's network. */
export const edge = `http://127.0.0.1:${ports.edge}`;
