// A page of somebody's own in TypeScript: what tests/peers/test_types.py compiles. Each line after a
// "@ts-expect-error" is a mistake that the types have to find.

import { Waitroom, type View } from "https://wait.example/static/waitroom.js";

const room = new Waitroom({ event: "launch", base: "https://wait.example" });

function words({ phase, ahead, wait, event }: View): string {
  if (phase === "waiting") return `${ahead ?? 0} ahead, ${wait === null ? "?" : wait[1] / 60} min`;
  return event?.title ?? phase;
}

const off: () => void = room.on("update", (view) => console.log(words(view)));
room.on("place", ({ number }) => console.log(number.toFixed()));
room.on("admitted", ({ location: to, expiresIn }) => expiresIn > 0 && location.replace(to));
room.on("error", ({ code, retryAfter }) => console.log(code, retryAfter + 1));
room.start();
room.leave().catch(() => room.joinAgain());
console.log(room.carryLink().length, room.view.takeBy);
off();
room.stop();

// @ts-expect-error the options are named
new Waitroom("launch", {});
// @ts-expect-error there is no such event
room.on("change", () => {});
// @ts-expect-error there is no such phase
if (room.view.phase === "open") room.look();
// @ts-expect-error it may not be known
room.view.wait[0];
