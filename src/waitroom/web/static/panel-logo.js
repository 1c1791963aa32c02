// A logo from a file, dropped or chosen, as the data URL that a theme holds. What is too large or no
// picture is refused here at once, and by the server in any case.

import { partsOf, say } from "./panel-forms.js";

const MOST = 256 * 1024; // bytes; core/logos.py
const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/svg+xml"];

/** Binds the parts; `typed()` after a change, `refused(text)` when a file will not do. */
export function bindLogo(root, field, typed, refused) {
  const { drop, logoFile, logoNone } = partsOf(root);

  async function take(file) {
    const why = faultOf(file);
    if (why) return refused(why);
    field.value = await dataUrl(file);
    typed();
  }

  logoFile.addEventListener("change", () => {
    if (logoFile.files[0]) take(logoFile.files[0]);
    logoFile.value = "";
  });
  logoNone.addEventListener("click", () => {
    field.value = "";
    typed();
    logoFile.focus();
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      if (!logoFile.matches(":disabled")) drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.remove("over");
    });
  }
  drop.addEventListener("drop", ({ dataTransfer: { files } }) => {
    if (!logoFile.matches(":disabled") && files[0]) take(files[0]);
  });
}

/** Show the logo that is in `field`. */
export function showLogo(root, field) {
  const { logoShown, logoNone, logoTold } = partsOf(root);
  const there = field.value !== "";
  if (there && logoShown.src !== field.value) logoShown.src = field.value;
  logoShown.hidden = !there;
  logoNone.hidden = !there;
  say(logoTold, there ? "Drop another one here, or" : "Drop a picture here, or");
}

function faultOf({ size, type, name }) {
  if (!KINDS.includes(type)) return `${name} is not PNG, JPEG, WebP, GIF, AVIF or SVG.`;
  if (size > MOST) return `${name} has ${Math.ceil(size / 1024)} KiB; wanted at most ${MOST / 1024} KiB.`;
  return "";
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
