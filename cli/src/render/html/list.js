// A list of any length, of which only the rows in sight are elements.

/** The height of a row, as the style sheet has it. */
const ROW = 24;
/** How many rows are kept ready above and below those in sight. */
const SPARE = 8;

class List {
  /** `fill` puts what it has to say into a row's element: `fill(element, item)`. */
  constructor(element, fill) {
    this.element = element;
    this.fill = fill;
    this.items = [];
    this.sizer = document.createElement("div");
    this.sizer.className = "sizer";
    element.replaceChildren(this.sizer);
    element.addEventListener("scroll", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(element);
  }

  show(items) {
    this.items = items;
    this.sizer.style.height = `${items.length * ROW}px`;
    this.draw();
  }

  scrollTo(index) {
    const top = index * ROW;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop || top + ROW > scrollTop + clientHeight) this.element.scrollTop = top - clientHeight / 2;
    this.draw();
  }

  draw() {
    // One that was replaced is told once more that its size has changed.
    if (!this.element.isConnected) return;
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - SPARE);
    const last = Math.min(this.items.length, Math.ceil((this.element.scrollTop + this.element.clientHeight) / ROW) + SPARE);
    const rows = [];
    for (let index = first; index < last; index += 1) {
      const row = document.createElement("div");
      row.className = "row";
      row.style.top = `${index * ROW}px`;
      this.fill(row, this.items[index]);
      rows.push(row);
    }
    this.sizer.replaceChildren(...rows);
  }
}

/** An element with a text in it; whatever the text is, it is nothing but text. */
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function number(value) {
  return value.toLocaleString("en");
}

function counted(value, singular, plural = `${singular}s`) {
  return `${number(value)} ${value === 1 ? singular : plural}`;
}
