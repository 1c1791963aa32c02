// The link that takes a place to another device, as a picture that a camera can read. Drawn here, by
// a library that is fetched only when it is wanted: the link is a secret, and nobody else's business.

const QUIET = 3; // modules of light around the code; the frame around it is light, too
const SVG = "http://www.w3.org/2000/svg";

/**
 * A QR code (ISO/IEC 18004) of `text` as SVG: dark on light in any colour scheme, as cameras want.
 * @param {string} text
 * @returns {Promise<SVGSVGElement>}
 */
export async function codeOf(text) {
  const { encode } = await import("./uqr/uqr.js");
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  const svg = document.createElementNS(SVG, "svg");
  const side = size + 2 * QUIET;
  svg.setAttribute("viewBox", `${-QUIET} ${-QUIET} ${side} ${side}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", outline(data));
  svg.append(path);
  return svg;
}

/** The dark modules, row by row, each run of them as one rectangle. */
function outline(rows) {
  const runs = rows.flatMap((row, y) => {
    const begins = [...row.keys()].filter((x) => row[x] && !row[x - 1]);
    return begins.map((x) => {
      const end = row.indexOf(false, x);
      return `M${x} ${y}h${(end < 0 ? row.length : end) - x}v1H${x}z`;
    });
  });
  return runs.join("");
}

/**
 * Put `text` where the visitor can paste it from. @returns {Promise<boolean>} false: the browser
 * does not let us (it wants https, or permission)
 */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
