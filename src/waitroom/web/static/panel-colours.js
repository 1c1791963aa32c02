// How well one colour is seen on another (WCAG 2.2, "contrast ratio"), for saying it while one picks.
// Pure. Whether a colour will do is the server's word (core/colours.py, core/theme.py).

export const FORM = /^#[0-9a-f]{6}$/i;

/** From 1 (the same) to 21 (black and white); both `#rrggbb`. */
export function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

const CARDS = { accent: ["#ffffff"], accent_dark: ["#171e1c"] };
const INKS = ["#1c2422", "#edf1ef"]; // one of them is the text on a background

/** The contrast that counts for a theme's colour, cut to two decimals; never rounded up. */
export function contrastOf(name, colour) {
  const best = Math.max(...(CARDS[name] ?? INKS).map((on) => contrast(colour, on)));
  return Math.floor(best * 100) / 100;
}
