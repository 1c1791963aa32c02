// The picture in the browser's tab, drawn here: how far the visitor has come, and a full disc with a
// tick when it is their turn. Colours are those of the page.

const SIZE = 64;
const TOP = -Math.PI / 2;

/** Draws the picture when it is another than before. */
export class TabIcon {
  #link = document.querySelector("link[rel='icon']");
  #drawn = "";

  /** @param {import("./waitroom.js").View} view */
  show({ phase, progress }) {
    const turn = phase === "admitted" || phase === "turn";
    if (!turn && phase !== "waiting") return;
    const share = turn ? 1 : Math.max(0.04, Math.floor(progress * 24) / 24);
    if (`${turn} ${share}` === this.#drawn || !this.#link) return;
    this.#drawn = `${turn} ${share}`;
    const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
    const pen = canvas.getContext("2d");
    if (!pen) return;
    if (turn) drawTick(pen);
    else drawRing(pen, share);
    this.#link.type = "image/png";
    this.#link.href = canvas.toDataURL("image/png");
  }
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#0f6a5b";
}

function drawRing(pen, share) {
  for (const [part, paint] of [
    [1, "--track"],
    [share, "--accent"],
  ]) {
    pen.beginPath();
    pen.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 8, TOP, TOP + part * 2 * Math.PI);
    Object.assign(pen, { lineWidth: 14, strokeStyle: colour(paint) });
    pen.stroke();
  }
}

function drawTick(pen) {
  pen.beginPath();
  pen.arc(SIZE / 2, SIZE / 2, SIZE / 2, 0, 2 * Math.PI);
  pen.fillStyle = colour("--accent");
  pen.fill();
  pen.beginPath();
  pen.moveTo(17, 33);
  pen.lineTo(28, 44);
  pen.lineTo(47, 21);
  Object.assign(pen, { lineWidth: 8, lineCap: "round", lineJoin: "round" });
  pen.strokeStyle = colour("--on-accent");
  pen.stroke();
}
