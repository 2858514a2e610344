// The map: all packages and files on a canvas, what a selection reaches lit up.

/** What a file is to the selection. */
const ROLES = ["", "selected", "dependents", "dependencies", "both"];
const [UNLIT, SELECTED, DEPENDENT, DEPENDENCY, BOTH] = ROLES.keys();

/** Fewer pixels than this are not worth a text. */
const LABEL_WIDTH = 34;
const LABEL_HEIGHT = 13;
const FONT = "11px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
/** More lines than this hide what they connect. */
const MOST_LINES = 400;

/** How brightly shows what is so many steps from the selection: what is next to it stands out. */
function strengthAt(steps) {
  return steps <= 1 ? 1 : Math.max(0.25, 0.7 / steps);
}

class MapView {
  constructor(canvas, model, { onSelect, onToggle, onHover }) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.model = model;
    this.open = new Set();
    this.boxes = [];
    this.view = { scale: 1, x: 0, y: 0 };
    this.light = { roles: new Uint8Array(model.fileCount), steps: null, selected: -1 };
    this.hovered = -1;
    this.listeners = { onSelect, onToggle, onHover };
    this.#listen();
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement);
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => this.#readColors());
    this.#readColors();
  }

  /** Lays everything out anew: the open packages or the weights are others. */
  layout() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.boxes = treemap(this.model, this.open, width, height);
    this.boxOf = new Map(this.boxes.map((box) => [box.node, box]));
    this.schedule();
  }

  resize() {
    const ratio = devicePixelRatio || 1;
    this.canvas.width = this.canvas.clientWidth * ratio;
    this.canvas.height = this.canvas.clientHeight * ratio;
    this.layout();
  }

  /** Lights up what a selection reaches: `roles` and `steps` for each file, `selected` the node itself or -1. */
  show(light) {
    this.light = light;
    this.schedule();
  }

  fit() {
    this.view = { scale: 1, x: 0, y: 0 };
    this.schedule();
  }

  /** The box of a node, or of the closed package that it is in. */
  visible(node) {
    while (!this.boxOf.has(node)) node = this.model.parents[node];
    return this.boxOf.get(node);
  }

  /** Where a box is on the canvas, in CSS pixels. */
  bounds(box) {
    const { scale, x, y } = this.view;
    return { x: box.x * scale + x, y: box.y * scale + y, width: box.width * scale, height: box.height * scale };
  }

  /** Moves the view so that a node is in sight and not too small to be seen. */
  reveal(node) {
    const box = this.visible(node);
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const scale = Math.max(this.view.scale, Math.min(12, 14 / Math.min(box.width, box.height)));
    const { x, y, width: wide, height: high } = this.bounds(box);
    if (scale === this.view.scale && x >= 0 && y >= 0 && x + wide <= width && y + high <= height) return;
    this.view = { scale, x: width / 2 - (box.x + box.width / 2) * scale, y: height / 2 - (box.y + box.height / 2) * scale };
    this.#keepInSight();
    this.schedule();
  }

  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.#draw();
    });
  }

  #readColors() {
    const style = getComputedStyle(document.documentElement);
    const names = ["ground", "cell", "cell-closed", "frame", "frame-line", "cell-text", "cyclic", "heat", ...ROLES.slice(1)];
    this.colors = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    this.schedule();
  }

  #draw() {
    const { context, canvas } = this;
    const ratio = devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = this.colors.ground;
    context.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    context.font = FONT;
    context.textBaseline = "middle";
    for (const box of this.boxes) {
      const bounds = this.bounds(box);
      const outside = bounds.x > canvas.clientWidth || bounds.y > canvas.clientHeight;
      if (outside || bounds.x + bounds.width < 0 || bounds.y + bounds.height < 0) continue;
      if (box.open) this.#drawFrame(box, bounds);
      else this.#drawCell(box, bounds);
    }
    this.#drawLines();
    if (this.boxOf?.has(this.hovered)) this.#outline(this.boxOf.get(this.hovered), this.colors.selected, 1);
    if (this.light.selected >= 0) this.#outline(this.visible(this.light.selected), this.colors.selected, 2);
  }

  #drawFrame(box, { x, y, width, height }) {
    const { context, colors, model } = this;
    context.fillStyle = colors.frame;
    context.fillRect(x, y, width, height);
    context.strokeStyle = colors["frame-line"];
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    if (box.title !== TITLE || width < LABEL_WIDTH) return;
    context.fillStyle = colors["cell-text"];
    this.#text(model.names[box.node], x + 5, y + Math.min(TITLE, box.title * this.view.scale) / 2, width - 10);
  }

  #drawCell(box, { x, y, width, height }) {
    const { context, colors, model } = this;
    const file = model.isFile(box.node);
    const { role, strength } = this.#lightOf(box.node);
    const gap = Math.min(1, width / 8, height / 8);
    const [left, top, wide, high] = [x + gap / 2, y + gap / 2, width - gap, height - gap];
    const dimmed = this.light.selected >= 0 && role === UNLIT;
    context.globalAlpha = dimmed ? 0.45 : 1;
    context.fillStyle = file ? colors.cell : colors["cell-closed"];
    context.fillRect(left, top, wide, high);
    if (role === UNLIT) {
      context.globalAlpha *= 0.75 * model.heat[box.node] ** 2;
      context.fillStyle = colors.heat;
      context.fillRect(left, top, wide, high);
    } else {
      context.globalAlpha = strength;
      context.fillStyle = colors[ROLES[role]];
      context.fillRect(left, top, wide, high);
    }
    context.globalAlpha = dimmed ? 0.5 : 1;
    if (model.cyclic[box.node] > 0) this.#drawCyclic(file, left, top, wide, high);
    if (width > LABEL_WIDTH && height > LABEL_HEIGHT) {
      context.fillStyle = strength > 0.5 ? colors.ground : colors["cell-text"];
      this.#text(model.names[box.node], x + 4, y + Math.min(height / 2, 10), width - 8);
      if (!file && height > 2.4 * LABEL_HEIGHT) {
        context.globalAlpha *= 0.7;
        this.#text(counted(model.sizes[box.node], "file"), x + 4, y + 23, width - 8);
      }
    }
    context.globalAlpha = 1;
  }

  /** A file in a cycle has a border, a package with some a corner. */
  #drawCyclic(file, x, y, width, height) {
    const { context, colors } = this;
    if (file) {
      const thick = Math.max(0.5, Math.min(1.5, width / 12, height / 12));
      context.strokeStyle = colors.cyclic;
      context.lineWidth = thick;
      context.strokeRect(x + thick / 2, y + thick / 2, width - thick, height - thick);
      return;
    }
    const size = Math.min(7, width / 4, height / 4);
    context.fillStyle = colors.cyclic;
    context.beginPath();
    context.moveTo(x + width, y);
    context.lineTo(x + width - size, y);
    context.lineTo(x + width, y + size);
    context.fill();
  }

  /** What a cell is to the selection, and how brightly that shows: the nearer, the brighter; of a package, the more. */
  #lightOf(node) {
    const { roles, steps } = this.light;
    if (this.model.isFile(node)) {
      const role = roles[node];
      return { role, strength: role === UNLIT ? 0 : strengthAt(steps[node]) };
    }
    const lit = this.light.packages?.get(node);
    if (!lit) return { role: UNLIT, strength: 0 };
    const { counts, nearest } = lit;
    const role = counts.indexOf(Math.max(...counts));
    const share = counts.reduce((sum, count) => sum + count, 0) / this.model.sizes[node];
    return { role, strength: strengthAt(nearest) * (0.6 + 0.4 * share) };
  }

  /** Lines from the selection to what is next to it. */
  #drawLines() {
    const { selected, neighbours } = this.light;
    if (selected < 0 || !neighbours) return;
    const from = this.visible(selected);
    for (const [files, color] of [[neighbours.dependents, this.colors.dependents], [neighbours.dependencies, this.colors.dependencies]]) {
      const ends = new Set(files.map((file) => this.visible(file)));
      ends.delete(from);
      if (ends.size > MOST_LINES) continue;
      this.context.strokeStyle = color;
      this.context.globalAlpha = Math.max(0.25, 0.9 - ends.size / 150);
      this.context.lineWidth = 1.25;
      for (const to of ends) this.#drawLine(this.bounds(from), this.bounds(to));
    }
    this.context.globalAlpha = 1;
  }

  #drawLine(from, to) {
    const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
    const [endX, endY] = [to.x + to.width / 2, to.y + to.height / 2];
    // Bent to one side, so that lines there and back do not cover each other.
    const bend = 0.16;
    const [middleX, middleY] = [(x + endX) / 2 - (endY - y) * bend, (y + endY) / 2 + (endX - x) * bend];
    this.context.beginPath();
    this.context.moveTo(x, y);
    this.context.quadraticCurveTo(middleX, middleY, endX, endY);
    this.context.stroke();
  }

  #outline(box, color, thick) {
    const { x, y, width, height } = this.bounds(box);
    this.context.strokeStyle = color;
    this.context.lineWidth = thick;
    this.context.strokeRect(x + thick / 2, y + thick / 2, width - thick, height - thick);
  }

  /** Writes a text, cut where it would be too wide. */
  #text(text, x, y, width) {
    let shown = text;
    // About six pixels a letter; only what comes near the limit is measured.
    if (text.length * 8 > width) {
      shown = text.slice(0, Math.ceil(width / 3));
      while (shown && this.context.measureText(shown).width > width) shown = shown.slice(0, -1);
      if (shown.length < text.length) shown = shown.length > 2 ? `${shown.slice(0, -1)}…` : "";
    }
    this.context.fillText(shown, x, y);
  }

  #nodeAt(x, y) {
    const at = (box) => {
      const bounds = this.bounds(box);
      return x >= bounds.x && y >= bounds.y && x < bounds.x + bounds.width && y < bounds.y + bounds.height;
    };
    return this.boxes.findLast(at)?.node ?? -1;
  }

  #listen() {
    const { canvas, listeners } = this;
    let drag = null;
    canvas.addEventListener("pointerdown", (event) => {
      drag = { x: event.offsetX, y: event.offsetY, view: { ...this.view }, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (drag) {
        const [x, y] = [event.offsetX - drag.x, event.offsetY - drag.y];
        drag.moved ||= Math.hypot(x, y) > 4;
        if (!drag.moved) return;
        canvas.classList.add("dragged");
        this.view = { scale: drag.view.scale, x: drag.view.x + x, y: drag.view.y + y };
        this.#keepInSight();
      } else {
        this.hovered = this.#nodeAt(event.offsetX, event.offsetY);
        listeners.onHover(this.hovered, event.offsetX, event.offsetY);
      }
      this.schedule();
    });
    canvas.addEventListener("pointerup", (event) => {
      if (drag && !drag.moved) listeners.onSelect(this.#nodeAt(event.offsetX, event.offsetY));
      drag = null;
      canvas.classList.remove("dragged");
    });
    canvas.addEventListener("pointercancel", () => (drag = null));
    canvas.addEventListener("pointerleave", () => {
      this.hovered = -1;
      listeners.onHover(-1);
      this.schedule();
    });
    canvas.addEventListener("dblclick", (event) => listeners.onToggle(this.#nodeAt(event.offsetX, event.offsetY)));
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const scale = Math.min(60, Math.max(1, this.view.scale * Math.exp(-event.deltaY * 0.0015)));
        const factor = scale / this.view.scale;
        this.view = {
          scale,
          x: event.offsetX - (event.offsetX - this.view.x) * factor,
          y: event.offsetY - (event.offsetY - this.view.y) * factor,
        };
        this.#keepInSight();
        this.schedule();
      },
      { passive: false },
    );
  }

  #keepInSight() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.view.x = Math.min(0, Math.max(width * (1 - this.view.scale), this.view.x));
    this.view.y = Math.min(0, Math.max(height * (1 - this.view.scale), this.view.y));
  }
}
