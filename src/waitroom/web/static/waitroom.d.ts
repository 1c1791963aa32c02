// The types of waitroom.js, for pages that are written in TypeScript. What must change with it:
// waitroom.js and view.js (tests/web/test_waitroom.py compares them), docs/own-page.md.

/** Where a visitor is. Which fields go with which: docs/own-page.md. */
export type Phase =
  | "early"
  | "joining"
  | "waiting"
  | "turn"
  | "admitted"
  | "gone"
  | "closed"
  | "soldout"
  | "unknown"
  | "astray";

/** The answer of `GET /api/status`, the same for all visitors. Times in epoch seconds. */
export interface Status {
  event_id: string;
  epoch: number;
  state: "open" | "paused" | "closed" | "sold_out";
  title: string;
  /** As the operator wrote it. */
  message: string;
  /** The message as HTML, rendered and cleaned by the server. */
  message_html: string;
  serving_counter: number;
  queue_counter: number;
  waiting_num: number;
  served_per_second: number;
  /** 0: open from the beginning. */
  opens_at: number;
  /** Seconds for which a called place is kept; 0: for ever. */
  expiry_period: number;
  /** Seconds for which somebody is let in. */
  validity_period: number;
  now: number;
  /** [people ahead, seconds for one in two, for nine in ten], by rising people ahead. */
  wait: [number, number, number][];
  wait_changed: { why: string; since: number };
  rates: Record<string, number>;
}

/** What there is to show. Spans are in seconds. */
export interface View {
  phase: Phase;
  /** Why the place is gone. */
  reason: "" | "reset" | "expired" | "left" | "ended" | "over";
  /** What became of a place that came along in a link. */
  notice: "" | "carried" | "carry_behind" | "carry_refused";
  /** What is in the way for the moment; the place is kept. */
  trouble: "" | "offline" | "busy";
  /** Nobody is let in for the moment. */
  paused: boolean;
  /** Nobody is let in any more; a place may be there or not. */
  soldOut: boolean;
  /** The place is called, but as many are in as the site may hold. */
  full: boolean;
  /** Let in, and another tab goes on; `look()` takes this one on too. */
  elsewhere: boolean;
  /** The own position. */
  number: number | null;
  /** Up to which position visitors have been called. */
  serving: number | null;
  ahead: number | null;
  /** Of those who were ahead at the start: the share that is no more, 0 to 1. */
  progress: number;
  /** One in two, and nine in ten, do not have to wait longer than that. */
  wait: [number, number] | null;
  /** Why the wait is another: held, faster, slower. */
  changed: string;
  /** Since the server last told how the line stands. */
  age: number | null;
  /** Until the line opens, by the server's clock. */
  opensIn: number | null;
  /** At least that much is left to take the called place up; null: not counted down. */
  takeBy: number | null;
  /** For that long the visitor is let in. */
  admittedFor: number | null;
  /** The place lives only as long as this page. */
  fragile: boolean;
  event: Status | null;
}

/** The request ID is a secret: who has it has the place. */
export interface Placed {
  number: number;
  requestId: string;
}

export interface Admission {
  /** Where to go on to, good for a minute; "": nowhere. May hold a one-time code. */
  location: string;
  expiresIn: number;
}

export interface Failure {
  /** As in docs/errors.md; "unreachable" if nothing readable came back. */
  code: string;
  /** HTTP status, 0 if there was none. */
  status: number;
  message: string;
  /** 0 if nothing was said. */
  retryAfter: number;
}

export interface Events {
  place: Placed;
  update: View;
  admitted: Admission;
  error: Failure;
}

/** Keeps the place; place.js has the one that is used unless another is given. */
export interface Keeper {
  readonly memory: boolean;
  readonly shared: boolean;
  told(): string;
  read(): Place | null;
  write(place: Place): void;
  forget(requestId: string): void;
  exclusive<T>(task: () => Promise<T>): Promise<T>;
  watch(changed: (place: Place) => void, signal: AbortSignal): void;
}

/** `start`: the serving counter when the place was given. */
export interface Place {
  requestId: string;
  number: number;
  start: number;
}

export interface Options {
  /** The event's ID. */
  event: string;
  /** URL at which visitors reach the waiting room; "" (default): where this page comes from. */
  base?: string;
  keeper?: Keeper;
  /** Where to go on to; without it, the event's target URL. */
  onward?: { return_url?: string; authorization?: string };
}

/** A visitor's stay in one line. */
export class Waitroom {
  constructor(options: Options);
  /** Call `heard` from now on; what is returned ends that. */
  on<T extends keyof Events>(type: T, heard: (said: Events[T]) => void): () => void;
  /** Take up the kept place or get one, and stay in line. Call it once. */
  start(): void;
  /** Stay in line no longer; the place is kept. */
  stop(): void;
  /** Look now, as far as the server wishes to be asked; go on if that is allowed. */
  look(): void;
  /** Give the place up. Rejects if the server has not heard it; the place is kept then. */
  leave(): Promise<void>;
  /** Get a new place, at the end of the line, after one that is gone. */
  joinAgain(): void;
  /** A link that takes the place to another device, "" without one. It is a secret. */
  carryLink(): string;
  readonly view: View;
}
