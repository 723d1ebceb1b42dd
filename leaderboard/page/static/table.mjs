// Tables that are sorted by their column heads and filtered by words and kind.

const number = (text) => (text === "" || text === undefined ? NaN : Number(text));

/** Compare two cells' values; what is missing comes last whatever the direction. */
export function compareValues(a, b, kind, direction) {
  if (kind === "text") {
    return direction * a.localeCompare(b, undefined, { numeric: true, sensitivity: "base" });
  }
  const [x, y] = [number(a), number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) {
    return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  }
  return direction * (x - y);
}

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value ?? cell.textContent.trim();
}

/** Sort the rows of a body; rows with equal values keep their order. */
function sortRows(body, column, kind, direction) {
  const rows = [...body.rows].map((row) => [valueOf(row, column), row]);
  rows.sort(([a], [b]) => compareValues(a, b, kind, direction));
  body.append(...rows.map(([, row]) => row));
}

function setUpSorting(table, say) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, column) => {
    const button = head.querySelector("button");
    button?.addEventListener("click", () => {
      const first = head.dataset.first === "descending" ? -1 : 1;
      const now = head.getAttribute("aria-sort");
      const direction = now ? (now === "ascending" ? -1 : 1) : first;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      sortRows(body, column, head.dataset.kind ?? "number", direction);
      say(`Sorted by ${button.textContent.trim()}, ${head.getAttribute("aria-sort")}.`);
    });
  });
}

function setUpFilter(table, form, say) {
  const rows = [...table.tBodies[0].rows].map((row) => [row, (row.dataset.words ?? row.textContent).toLowerCase()]);
  const count = form.querySelector("[data-count]");
  const apply = () => {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = form.elements.kind?.value ?? "";
    let shown = 0;
    for (const [row, text] of rows) {
      const fits = words.every((word) => text.includes(word)) && (!kind || row.dataset.kind === kind);
      row.hidden = !fits;
      shown += Number(fits);
    }
    count.textContent = `${shown} of ${rows.length} rows`;
    say(count.textContent);
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  apply();
}

/** Make every `table[data-sortable]` sortable, and those with a form `[data-filter-for=ID]` filterable. */
export function setUpTables(document) {
  const status = document.querySelector("[data-status]");
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const say = (text) => {
      status.textContent = text;
    };
    setUpSorting(table, say);
    const form = document.querySelector(`form[data-filter-for="${CSS.escape(table.id)}"]`);
    if (form) {
      setUpFilter(table, form, say);
    }
  }
}
