// One colour of a theme: a picker and its hex number side by side, the contrast found, and the shade
// that the server says would do, a click away.

import { contrastOf, FORM } from "./panel-colours.js";
import { partsOf, say } from "./panel-forms.js";

const ENOUGH = 4.5;
const SHADE = /such as (#[0-9a-f]{6})$/i;

/** Binds `box`; `typed()` is called after a change that is not made by the keyboard. */
export function bindColour(box, typed) {
  const part = partsOf(box);
  const field = box.querySelector("input[name]");
  const { colour: name, ours, on } = box.dataset;

  const put = (value) => {
    field.value = value;
    typed();
  };
  part.pick.addEventListener("input", () => put(part.pick.value));
  part.ours.addEventListener("click", () => {
    put("");
    field.focus();
  });
  part.use.addEventListener("click", () => {
    put(part.use.value);
    field.focus();
  });

  return {
    /** Show what is in the field; `fault`: what the server says is wrong with it. */
    show(fault) {
      const value = field.value.trim();
      const isColour = FORM.test(value);
      const picked = (isColour ? value : ours).toLowerCase();
      if (part.pick.value !== picked) part.pick.value = picked;
      part.ours.hidden = value === "";
      const said = isColour ? contrastWords(contrastOf(name, value), on) : value === "" ? "Ours." : "";
      say(part.contrast, fault ? "" : said);
      const shade = SHADE.exec(fault ?? "")?.[1] ?? "";
      part.offer.hidden = shade === "";
      part.use.value = shade;
      say(part.use, shade && `Use ${shade}, the nearest that will do`);
    },
  };
}

const contrastWords = (found, on) =>
  `Contrast with ${on}: ${found.toFixed(2)} to 1${found < ENOUGH ? `, ${ENOUGH} is wanted` : ", good"}.`;
