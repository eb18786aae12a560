import { AsyncDisposableStack } from "@theseus/kit";
import { expect } from "chai";
import {
  type DifferOptions,
  type DifferResult,
  type FoundDifference,
  findDifferences,
} from "../src/differ/differ.js";
import { differenceOf, kindOf, type Played, replay, sequenceOf } from "../src/differ/play.js";
import { RecordedSide } from "../src/differ/recorded-side.js";
import { numbersFrom } from "../src/differ/search.js";
import { hasCallsTogether } from "../src/differ/serial-orders.js";
import { Side } from "../src/differ/side.js";
import { byWorth, type Known, shownBy } from "../src/differ/worth.js";
import { createCaseFolder } from "./case-folder.js";
import { foreignContract, type KennelHabits, startKennel } from "./foreign-service.js";

describe("differ, on a service of a foreign contract", () => {
  const contract = foreignContract();
  const withTimes = foreignContract({ tells: "awake_until" });
  const service = "kennel.Kennel";
  const seen: string[] = [];

  /** Two kennels, each with its habits. */
  function compare(
    habits: readonly [KennelHabits, KennelHabits],
    calls: number,
    { contract: told = contract, ...more }: Partial<DifferOptions> = {},
  ): Promise<DifferResult> {
    return findDifferences({
      contract: told,
      service,
      seed: 1,
      numbers: numbersFrom(0),
      wellFormed: true,
      async open() {
        await using opened = new AsyncDisposableStack();
        const [one, other] = [
          opened.use(await startKennel(told, habits[0])),
          opened.use(await startKennel(told, habits[1])),
        ];
        const sides = [
          opened.use(new Side({ contract: told, service, label: "one", addresses: [one.address] })),
          opened.use(new Side({ contract: told, service, label: "other", addresses: [other.address] })),
        ] as const;
        const owned = opened.move();
        return { sides, [Symbol.asyncDispose]: () => owned.disposeAsync() };
      },
      isOver: (done) => done.calls >= calls,
      onFound: () => undefined,
      ...more,
    });
  }

  /** Stops at the first difference. */
  function firstFound(first = 0): Promise<DifferResult> {
    let found = 0;
    const onFound = () => {
      found += 1;
    };
    return compare([{ most: 9 }, { most: 1 }], 400, {
      numbers: numbersFrom(first),
      onFound,
      isOver: ({ calls }) => found > 0 || calls >= 400,
    });
  }

  it("finds nothing between two that differ in names and opaque texts alone", async () => {
    const { calls, found } = await compare([{ most: 9 }, { most: 9 }], 400);
    expect(calls).to.be.at.least(400);
    expect(found).to.eql([]);
  });

  it("plays each sequence once when several are played at once", async () => {
    const played: number[] = [];
    const onPlayed = (_: Played, number: number) => played.push(number);
    const { sequences, found } = await compare([{ most: 9 }, { most: 9 }], 200, { jobs: 3, onPlayed });
    expect(found).to.eql([]);
    expect(played.toSorted((a, b) => a - b)).to.eql(Array.from({ length: sequences }, (_, n) => n));
  });

  it("tells what it finds once when several are played at once", async () => {
    const told: string[] = [];
    const onFound = ({ kind }: FoundDifference) => told.push(kind);
    const { found } = await compare([{ most: 9 }, { most: 1 }], 400, { jobs: 3, onFound });
    expect(told)
      .to.include("WalkDog ok.walks")
      .and.to.eql([...new Set(told)]);
    expect(found.map(({ kind }) => kind).toSorted()).to.eql(told.toSorted());
  });

  it("finds a planted difference, and shrinks it to the calls that it takes", async () => {
    const { found } = await compare([{ most: 9 }, { most: 1 }], 400);
    expect(found.map(({ kind, repeats }) => ({ kind, repeats }))).to.deep.include({
      kind: "WalkDog ok.walks",
      repeats: true,
    });
    const text = found.find(({ kind }) => kind === "WalkDog ok.walks")?.text ?? "";
    expect(text.match(/ - (call|raw): "\w+"/g)).to.eql([
      ' - call: "AddDog"',
      ' - call: "WalkDog"',
      ' - call: "WalkDog"',
    ]);
    expect(text).to.include('request: { name: "${c');
    expect(text).to.include("expect: { ok: { walks: 2 } }");
  });

  it("takes what is met after a time that was told has come for a matter of when the calls were made", async () => {
    const habits = { most: 9, awakeMs: 200, takesMs: 20 };
    const { found } = await compare([habits, { ...habits, hidesSleepers: true }], 150, {
      contract: withTimes,
    });
    expect(found).to.eql([]);
  });

  it("finds what differs before a time that was told has come", async () => {
    const { found } = await compare(
      [
        { most: 9, awakeMs: 60_000 },
        { most: 9, awakeMs: 30_000 },
      ],
      60,
      { contract: withTimes },
    );
    expect(found.map(({ kind }) => kind)).to.include("AddDog ok.awake_until");
  });

  it("finds what is lost among calls at once, where the other loses nothing", async () => {
    const { found } = await compare([{ most: 99 }, { most: 99, forgets: true }], 900, {
      isOver: ({ calls }) => seen.length > 0 || calls >= 900,
      onFound: ({ kind }) => seen.push(kind),
    });
    expect(found.map(({ kind, repeats }) => ({ kind, repeats }))).to.eql([{ kind: seen[0], repeats: true }]);
    expect(seen[0]).to.match(/ together$/);
    expect(found[0]?.text).to.match(/- begin: "WalkDog"\n[\s\S]*- begin: "WalkDog"\n[\s\S]*- answer: /);
  });

  it("finds nothing among calls at once where the first answers them in no order either", async () => {
    const loses = { most: 99, forgets: true };
    const { found } = await compare([loses, loses], 200);
    expect(found).to.eql([]);
  });

  it("prints what it finds as a case", async () => {
    const { found } = await firstFound();
    using folder = createCaseFolder();
    folder.write("user/found.yaml", found.map(({ text }) => text.replace("kennel/", "user/")).join(""));
    expect(folder.read().map(({ name }) => name)).to.have.length(found.length);
  });

  it("plays sequences in the order of what they show, when it is told to", async () => {
    const known: Known[] = [];
    const onPlayed = (played: Played, number: number) =>
      known.push({ number, calls: played.calls.length, shown: new Set(shownBy(played)) });
    await compare([{ most: 9 }, { most: 9 }], 200, { onPlayed });
    const before = byWorth(known);
    const worth = ({ shown, calls }: Known) => shown.size / Math.sqrt(calls + 2);
    const [most] = known.toSorted((a, b) => worth(b) - worth(a));
    expect(before[0]).to.equal(most?.number);
    expect([...before].sort()).to.eql(known.map(({ number }) => number).sort());
    const played: number[] = [];
    await compare([{ most: 9 }, { most: 9 }], 40, {
      numbers: before.values(),
      onPlayed: (_, number) => played.push(number),
    });
    expect(played).to.eql(before.slice(0, played.length));
  });

  it("compares one that runs with what another has answered once", async () => {
    const recorded = await record(await numbersInOrder());
    expect(recorded).to.have.length.above(5);
    expect(await unlike({ most: 9 }, recorded)).to.eql([]);
    expect(await unlike({ most: 1 }, recorded)).to.include("WalkDog ok.walks");
  });

  /** Numbers of sequences without calls at once, which no recording has. */
  async function numbersInOrder(): Promise<readonly number[]> {
    const numbers: number[] = [];
    const onPlayed = (played: Played, number: number) => {
      if (!hasCallsTogether(sequenceOf(played))) numbers.push(number);
    };
    await compare([{ most: 9 }, { most: 9 }], 200, { onPlayed });
    return numbers;
  }

  async function record(numbers: readonly number[]): Promise<readonly Played[]> {
    const recorded: Played[] = [];
    await compare([{ most: 9 }, { most: 9 }], 0, {
      numbers: numbers.values(),
      onPlayed: (played) => recorded.push(played),
      isOver: () => false,
    });
    return recorded;
  }

  /** In what a kennel answers otherwise than was recorded. */
  async function unlike(habits: KennelHabits, recorded: readonly Played[]): Promise<readonly string[]> {
    await using kennel = await startKennel(contract, habits);
    using live = new Side({ contract, service, label: "live", addresses: [kennel.address] });
    const side = new RecordedSide("recorded", live.scene, live.waiting);
    const kinds: string[] = [];
    for (const played of recorded) {
      side.load(played);
      const again = await replay(sequenceOf(played), [side, live], { run: played.run });
      if (differenceOf(again) !== undefined) kinds.push(kindOf(again));
    }
    return kinds;
  }

  it("finds the same for the same seed, from the sequence on that it is told", async () => {
    const whole = await firstFound();
    const again = await firstFound();
    expect(again.found).to.eql(whole.found);
    const [first] = whole.found;
    const number = Number(/found\/1-(\d+)/.exec(first?.text ?? "")?.[1]);
    const late = await firstFound(number);
    expect(late.sequences).to.equal(1);
    expect(late.found).to.eql([first]);
  });
});
