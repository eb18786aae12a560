import type { Contract } from "@theseus/kit/contract";
import type { Target } from "../targets/target.js";
import { type RunningProxy, startProxy } from "./proxy.js";
import type { Transformation } from "./transformation.js";

interface WrapOptions {
  readonly contract: Contract;
  readonly transformation: Transformation;
  readonly label: string;
  /** True when the target ends with its wrapper. */
  readonly owned: boolean;
}

/** A target with a proxy in front that does one thing wrong. */
export async function wrapTarget(target: Target, options: WrapOptions): Promise<Target> {
  const { contract, transformation, label, owned } = options;
  const proxies: RunningProxy[] = [];
  const wrap = async (address: () => string) => {
    const proxy = await startProxy({ contract, transformation, address });
    proxies.push(proxy);
    return proxy.address;
  };
  const { control } = target;
  return {
    ...target,
    address: await wrap(() => target.address),
    label,
    ...(control === undefined
      ? {}
      : {
          control: {
            ...control,
            async second() {
              const address = await control.second();
              return wrap(() => address);
            },
          },
        }),
    async [Symbol.asyncDispose]() {
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
      if (owned) await target[Symbol.asyncDispose]();
    },
  };
}
