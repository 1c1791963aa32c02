// The developer's panel: open at the side where there is room, and a clock that runs. Without this
// script it is a drawer that opens by hand, and the time is as of when the page was made.
const story = document.getElementById("story");
const wide = window.matchMedia("(min-width: 64rem)");
const KEPT = "shop:story";

function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null; // storage is blocked
  }
}

function keep(value) {
  try {
    sessionStorage.setItem(KEPT, value);
  } catch {
    // then it opens as it likes on the next page
  }
}

function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
}

function countDown(shown) {
  const ends = Date.now() + Number(shown.dataset.left) * 1000;
  const show = () => {
    const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
    shown.textContent = clock(left);
    if (left === 0) clearInterval(ticking);
  };
  const ticking = setInterval(show, 1000);
  show();
}

if (story) {
  story.open = wide.matches ? kept() !== "shut" : kept() === "open-narrow";
  story.querySelector("summary").addEventListener("click", () => {
    const opens = !story.open; // it is about to change
    keep(opens ? (wide.matches ? "open" : "open-narrow") : "shut");
  });
  const left = document.getElementById("left");
  if (left) countDown(left);
}
