import { ContractError } from "@theseus/kit/contract";

/** Where in an overlay, in the contract's spelling: `["rules", 0, "policy", "timeout"]`. */
export type OverlayPath = readonly (string | number)[];

export interface OverlayFault {
  readonly path: OverlayPath;
  readonly fault: string;
  /** True for a fault of the overlay as a whole: one that another rule could heal. */
  readonly isWhole: boolean;
}

/** A contract that cannot be used with this overlay. Names every fault of both. */
export class OverlayError extends ContractError {
  constructor(
    readonly contractFaults: readonly string[],
    readonly overlayFaults: readonly OverlayFault[],
  ) {
    super([...contractFaults, ...overlayFaults.map(({ fault }) => fault)]);
  }
}
