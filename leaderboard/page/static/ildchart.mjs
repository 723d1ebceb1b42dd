// The level difference of the ears over time, a line a version.

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [1000, 200];

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

/** Path of the values, in dB, evenly spread over the width; gaps where there is none. */
export function pathOf(values, limit) {
  let pen = "M";
  let path = "";
  values.forEach((value, i) => {
    if (value === null) {
      pen = "M";
      return;
    }
    const x = ((i + 0.5) / values.length) * WIDTH;
    const y = HEIGHT / 2 - (Math.min(Math.max(value, -limit), limit) / limit) * (HEIGHT / 2);
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  });
  return path;
}

/**
 * Draw the chart into an `svg`.
 * @param {SVGElement} svg emptied first.
 * @param {{key: string, ild: (number|null)[]}[]} versions the lines.
 * @returns {(key: string) => void} marks the version that is heard.
 */
export function drawLevelDifferences(svg, versions) {
  const largest = Math.max(5, ...versions.flatMap(({ ild }) => ild.map((value) => Math.abs(value ?? 0))));
  const limit = Math.min(40, 5 * Math.ceil(largest / 5));
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.dataset.limit = limit;
  for (const share of [-0.5, 0, 0.5]) {
    const y = HEIGHT / 2 - (share * HEIGHT) / 2;
    svg.append(element("path", { d: `M0 ${y}H${WIDTH}`, class: share ? "grid" : "grid zero" }));
  }
  const lines = new Map();
  for (const { key, ild } of versions) {
    const line = element("path", { d: pathOf(ild, limit), class: `line${key === "target" ? " target" : ""}` });
    lines.set(key, line);
    svg.append(line);
  }
  return (heard) => {
    for (const [key, line] of lines) {
      line.classList.toggle("heard", key === heard);
    }
    svg.append(lines.get(heard)); // on top
  };
}
