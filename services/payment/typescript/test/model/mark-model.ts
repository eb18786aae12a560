import type { Model } from "./explore.js";

/** A way of doing it that is not safe. */
export type Shortcut = "mark after the intent" | "orphan removed without taking its place";

type Actor =
  | { readonly at: "start" }
  | { readonly at: "done" }
  /** About to insert what belongs in this place of the log. */
  | { readonly at: "marked" | "unmarked"; readonly place: number };

type Worker =
  | { readonly at: "idle" }
  /** Has found a mark, and then seen the log so long; 0 is no intent. */
  | { readonly at: "found"; readonly mark: number }
  | { readonly at: "seen"; readonly mark: number; readonly length: number }
  | { readonly at: "voided" };

/**
 * One payment's log by its length alone: 0 is no intent, odd lengths have something to do (CREATED, a refund that was
 * asked for), even ones are at rest. Driving an open log adds the event that brings it to rest.
 */
export interface Marked {
  readonly length: number;
  readonly voided: boolean;
  readonly marks: readonly number[];
  readonly creator: Actor;
  readonly refunders: readonly Actor[];
  readonly workers: readonly Worker[];
}

const LONGEST = 6;

export function markModel(shortcut?: Shortcut): Model<Marked> {
  return {
    initial: {
      length: 0,
      voided: false,
      marks: [],
      creator: { at: "start" },
      refunders: [{ at: "start" }, { at: "start" }],
      workers: [{ at: "idle" }, { at: "idle" }],
    },
    key: (state) => JSON.stringify(state),
    successors: (state) => [
      ...creatorSteps(state, shortcut),
      ...state.refunders.flatMap((actor, index) =>
        refunderSteps(state, actor, (next) => ({ refunders: state.refunders.with(index, next) })),
      ),
      ...state.workers.flatMap((worker, index) =>
        workerSteps(state, worker, (next) => ({ workers: state.workers.with(index, next) }), shortcut),
      ),
    ],
    violation: ({ length, marks }) =>
      isOpen(length) && !marks.includes(length)
        ? `the log is open at ${length}, and nobody would know`
        : undefined,
    isFinal: ({ length }) => !isOpen(length),
  };
}

/** Marks, inserts, and may be gone after each of the two. What it would drive itself, a worker may drive as well. */
function creatorSteps(state: Marked, shortcut?: Shortcut): Marked[] {
  const { creator, marks, voided } = state;
  const done: Actor = { at: "done" };
  switch (creator.at) {
    case "start":
      if (shortcut === "mark after the intent") return [{ ...state, creator: { at: "unmarked", place: 1 } }];
      return [{ ...state, marks: add(marks, 1), creator: { at: "marked", place: 1 } }];
    case "unmarked":
    case "marked":
      return [
        { ...state, creator: done },
        { ...state, creator: done, ...(!voided && state.length === 0 && { length: 1 }) },
      ];
    case "done":
      return [];
    default:
      return creator satisfies never;
  }
}

function refunderSteps(state: Marked, actor: Actor, put: (next: Actor) => Partial<Marked>): Marked[] {
  const { length, marks } = state;
  if (actor.at === "start") {
    if (length === 0 || isOpen(length) || length >= LONGEST) return [];
    return [{ ...state, ...put({ at: "unmarked", place: length + 1 }) }];
  }
  if (actor.at === "done") return [];
  const { place } = actor;
  const gone = { ...state, ...put({ at: "done" }) };
  if (actor.at === "unmarked") {
    return [gone, { ...state, marks: add(marks, place), ...put({ at: "marked", place }) }];
  }
  return [gone, { ...gone, ...(length === place - 1 && { length: place }) }];
}

/** The recovery, one read or write a step; it may be gone after each. An hour may be over at any time. */
function workerSteps(
  state: Marked,
  worker: Worker,
  put: (next: Worker) => Partial<Marked>,
  shortcut?: Shortcut,
): Marked[] {
  const { length, marks } = state;
  const idle: Worker = { at: "idle" };
  const gone = { ...state, ...put(idle) };
  switch (worker.at) {
    case "idle":
      return marks.map((mark) => ({ ...state, ...put({ at: "found", mark }) }));
    case "found":
      return [gone, { ...state, ...put({ at: "seen", mark: worker.mark, length }) }];
    case "seen":
      if (worker.length === 0) {
        if (shortcut) return [gone, { ...gone, marks: without(marks, 1) }];
        return [gone, { ...state, voided: state.voided || length === 0, ...put({ at: "voided" }) }];
      }
      if (isOpen(worker.length)) {
        const driven = length === worker.length ? { length: length + 1 } : {};
        return [gone, { ...state, ...driven, ...put({ ...worker, length: worker.length + 1 }) }];
      }
      return worker.length < worker.mark ? [gone] : [gone, { ...gone, marks: without(marks, worker.length) }];
    case "voided":
      return [gone, ...(length === 0 ? [{ ...gone, marks: without(marks, 1) }] : [])];
    default:
      return worker satisfies never;
  }
}

function isOpen(length: number): boolean {
  return length % 2 === 1;
}

function add(marks: readonly number[], mark: number): readonly number[] {
  return marks.includes(mark) ? marks : [...marks, mark].sort();
}

function without(marks: readonly number[], upTo: number): readonly number[] {
  return marks.filter((mark) => mark > upTo);
}
