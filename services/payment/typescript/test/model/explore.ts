/** A model: where it starts, what can happen next, what must never be, and where it may come to rest. */
export interface Model<S> {
  readonly initial: S;
  readonly key: (state: S) => string;
  readonly successors: (state: S) => readonly S[];
  /** What is wrong in a state; undefined when nothing is. */
  readonly violation: (state: S) => string | undefined;
  readonly isFinal: (state: S) => boolean;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly violation?: {
    readonly what: string /** The shortest way there. */;
    readonly trace: readonly string[];
  };
  /** States from which no final one can be reached; meaningless after a violation. */
  readonly stuck: number;
}

/** Visits every reachable state, breadth first, until one is wrong. */
export function explore<S>(model: Model<S>): Exploration {
  const states: S[] = [model.initial];
  const numbers = new Map([[model.key(model.initial), 0]]);
  const parents = [-1];
  const edges: number[] = [];
  for (let at = 0; at < states.length; at++) {
    const state = states[at] as S;
    const what = model.violation(state);
    if (what !== undefined) {
      const trace = traceTo(at, parents).map((number) => model.key(states[number] as S));
      return { states: states.length, transitions: edges.length / 2, violation: { what, trace }, stuck: 0 };
    }
    for (const next of model.successors(state)) {
      const key = model.key(next);
      let number = numbers.get(key);
      if (number === undefined) {
        number = states.push(next) - 1;
        numbers.set(key, number);
        parents.push(at);
      }
      edges.push(at, number);
    }
  }
  const stuck = states.length - countReaching(states, edges, model.isFinal);
  return { states: states.length, transitions: edges.length / 2, stuck };
}

function traceTo(state: number, parents: readonly number[]): readonly number[] {
  const trace: number[] = [];
  for (let at = state; at >= 0; at = parents[at] ?? -1) trace.unshift(at);
  return trace;
}

/** How many states have a way to a final one: a walk over the edges backwards. */
function countReaching<S>(
  states: readonly S[],
  edges: readonly number[],
  isFinal: (state: S) => boolean,
): number {
  const sources: number[][] = states.map(() => []);
  for (let at = 0; at < edges.length; at += 2) sources[edges[at + 1] ?? 0]?.push(edges[at] ?? 0);
  const queue = states.flatMap((state, number) => (isFinal(state) ? [number] : []));
  const reached = new Set(queue);
  for (const state of queue) {
    for (const source of sources[state] ?? []) {
      if (!reached.has(source)) {
        reached.add(source);
        queue.push(source);
      }
    }
  }
  return reached.size;
}
