// Puts the page together: the tree, the map, the details, and what is chosen in them.

/** As many cells as this are opened at first, whole packages at a time. */
const FIRST_CELLS = 2500;
/** Of so many packages side by side none is opened at first: they are told from one another as they are. */
const MANY_PACKAGES = 150;

const $ = (id) => document.getElementById(id);

class Page {
  constructor(model) {
    this.model = model;
    this.selected = -1;
    this.query = "";
    this.onlyCycles = false;
    this.tab = "dependents";
    this.opened = new Set([model.root]);
    this.tree = new List($("tree"), (row, item) => this.#fillTreeRow(row, item));
    this.map = new MapView($("map"), model, {
      onSelect: (node) => this.select(node === model.root ? -1 : node),
      onToggle: (node) => this.toggle(node),
      onHover: (node, x, y) => this.#hover(node, x, y),
    });
    this.#openFirst();
    document.title = `${model.names[model.root]}: import graph`;
    $("title").textContent = model.names[model.root];
    this.#makeKinds();
    this.#listen();
    const address = location.hash;
    this.#refresh();
    this.#selectFrom(address);
  }

  /** Selects a node, or nothing with -1, and lights up what it reaches. */
  select(node, reveal = false) {
    this.selected = node;
    if (node >= 0 && reveal) {
      for (let above = this.model.parents[node]; above !== -1; above = this.model.parents[above]) {
        this.opened.add(above);
        this.map.open.add(above);
      }
      this.map.layout();
      this.map.reveal(node);
    }
    const path = node >= 0 ? this.model.paths[node] : "";
    history.replaceState(null, "", path ? `#${encodeURIComponent(path)}` : location.pathname + location.search);
    this.#light();
    this.#showTree();
    this.#showDetails();
    if (reveal) this.#scrollToSelected();
  }

  /** Opens or closes a package on the map. */
  toggle(node) {
    if (node < 0 || this.model.isFile(node) || node === this.model.root) return;
    const { open } = this.map;
    if (open.has(node)) open.delete(node);
    else open.add(node);
    this.map.layout();
  }

  search(query) {
    this.query = query.trim().toLowerCase();
    this.#showTree();
    this.tree.scrollTo(0);
  }

  /** Opens packages from the top, as long as there are not too many cells. */
  #openFirst() {
    const { model, map } = this;
    let cells = 1;
    const waiting = [model.root];
    while (waiting.length > 0) {
      const node = waiting.shift();
      const children = model.children[node];
      if (cells + children.length > FIRST_CELLS) continue;
      cells += children.length;
      map.open.add(node);
      const packages = children.filter((child) => !model.isFile(child));
      // A chain of directories with nothing else in them is one step.
      if (children.length === 1) this.opened.add(packages[0] ?? node);
      if (packages.length > MANY_PACKAGES) continue;
      waiting.push(...packages.sort((left, right) => model.sizes[right] - model.sizes[left]));
    }
    map.layout();
  }

  #makeKinds() {
    const { model } = this;
    model.kindNames.forEach((name, bit) => {
      if (model.kindCounts[bit] === 0) return;
      const chip = element("label", "chip");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = name;
      box.checked = (model.policy >> bit) & 1;
      box.addEventListener("change", () => {
        model.choose(box.checked ? model.policy | (1 << bit) : model.policy & ~(1 << bit));
        this.#refresh();
      });
      const text = element("span", "", name);
      text.append(element("b", "", number(model.kindCounts[bit])));
      chip.append(box, text);
      $("kinds").append(chip);
    });
  }

  #listen() {
    const { model } = this;
    $("search").addEventListener("input", (event) => this.search(event.target.value));
    $("search").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.tree.items.length > 0) this.select(this.tree.items[0].node, true);
    });
    $("cycles").addEventListener("click", (event) => {
      this.onlyCycles = !this.onlyCycles;
      event.target.setAttribute("aria-pressed", this.onlyCycles);
      this.#showTree();
      this.tree.scrollTo(0);
    });
    $("transitive").addEventListener("change", () => this.select(this.selected));
    $("fit").addEventListener("click", () => this.map.fit());
    const openAll = (open) => {
      this.map.open = new Set(open);
      this.map.layout();
      this.map.fit();
    };
    $("expand").addEventListener("click", () => openAll(model.names.keys()));
    $("collapse").addEventListener("click", () => openAll(this.#chain()));
    $("tree").addEventListener("keydown", (event) => this.#moveInTree(event));
    document.addEventListener("keydown", (event) => {
      if (event.target.tagName === "INPUT" && event.key !== "Escape") return;
      if (event.key === "/") $("search").focus();
      else if (event.key === "0") this.map.fit();
      else if (event.key === "Escape") this.#escape();
      else return;
      event.preventDefault();
    });
    addEventListener("hashchange", () => this.#selectFrom(location.hash));
  }

  /** First the search is given up, then the selection. */
  #escape() {
    if (this.query === "") return this.select(-1);
    $("search").value = "";
    $("search").blur();
    this.search("");
  }

  /** The root and the directories below it up to the first with more than one entry. */
  #chain() {
    const chain = [this.model.root];
    for (let node = this.model.root; this.model.children[node]?.length === 1; ) {
      node = this.model.children[node][0];
      chain.push(node);
    }
    return chain;
  }

  /** Selects what the part of the address behind the `#` names. */
  #selectFrom(address) {
    let path = "";
    try {
      path = decodeURIComponent(address.slice(1));
    } catch {
      // Not an address of ours.
    }
    const node = path ? this.model.find(path) : undefined;
    if (node !== undefined && node !== this.selected) this.select(node, true);
  }

  /** Everything that depends on which edges count. */
  #refresh() {
    const { model } = this;
    const inCycles = model.cyclic[model.root];
    $("summary").textContent = [
      counted(model.fileCount, "file"),
      counted(model.edgeCount, "import edge"),
      model.cycles.length === 0 ? "no cycles" : `${counted(model.cycles.length, "cycle")} of ${counted(inCycles, "file")}`,
    ].join("  ·  ");
    this.map.layout();
    this.select(this.selected);
  }

  /** Finds out what the selection reaches. */
  #light() {
    const { model } = this;
    const roles = new Uint8Array(model.fileCount);
    const light = { roles, selected: this.selected, steps: new Int32Array(model.fileCount), packages: new Map() };
    this.reached = { dependents: [], dependencies: [] };
    if (this.selected >= 0) {
      const files = model.filesOf(this.selected);
      const limit = $("transitive").checked ? Infinity : 1;
      const back = distances(model.into, files, limit);
      const forth = distances(model.out, files, limit);
      for (let file = 0; file < model.fileCount; file += 1) {
        if (back[file] > 0) this.reached.dependents.push(file);
        if (forth[file] > 0) this.reached.dependencies.push(file);
        roles[file] = back[file] === 0 ? SELECTED : back[file] > 0 && forth[file] > 0 ? BOTH : back[file] > 0 ? DEPENDENT : forth[file] > 0 ? DEPENDENCY : UNLIT;
        light.steps[file] = back[file] > 0 && forth[file] > 0 ? Math.min(back[file], forth[file]) : Math.max(back[file], forth[file]);
        this.#count(light.packages, file, roles[file], light.steps[file]);
      }
      const next = (edges) => [...new Set(files.flatMap((file) => edges[file]))].filter((file) => roles[file] !== SELECTED);
      light.neighbours = { dependents: next(model.into), dependencies: next(model.out) };
      const byDistance = (steps) => (left, right) => steps[left] - steps[right] || left - right;
      this.reached.dependents.sort(byDistance(back));
      this.reached.dependencies.sort(byDistance(forth));
      Object.assign(this.reached, { back, forth });
    }
    this.light = light;
    this.map.show(light);
  }

  /** Adds a lit file to the packages that it is in. */
  #count(packages, file, role, steps) {
    if (role === UNLIT) return;
    for (let node = this.model.parents[file]; node !== -1; node = this.model.parents[node]) {
      if (!packages.has(node)) packages.set(node, { counts: ROLES.map(() => 0), nearest: Infinity });
      const lit = packages.get(node);
      lit.counts[role] += 1;
      lit.nearest = Math.min(lit.nearest, steps);
    }
  }

  #showTree() {
    const { model } = this;
    const wanted = (node) => !this.onlyCycles || model.cyclic[node] > 0;
    const items = [];
    if (this.query === "") {
      const open = [{ node: model.root, depth: 0 }];
      while (open.length > 0) {
        const item = open.pop();
        if (!wanted(item.node)) continue;
        items.push(item);
        if (model.isFile(item.node) || !this.opened.has(item.node)) continue;
        for (let at = model.children[item.node].length - 1; at >= 0; at -= 1) {
          open.push({ node: model.children[item.node][at], depth: item.depth + 1 });
        }
      }
      $("hits").textContent = this.onlyCycles ? `${counted(model.cyclic[model.root], "file")} in cycles` : "";
    } else {
      const words = this.query.split(/\s+/);
      for (let file = 0; file < model.fileCount; file += 1) {
        const path = model.paths[file].toLowerCase();
        if (!wanted(file) || !words.every((word) => path.includes(word))) continue;
        // Names that begin with what is looked for, names that have it, paths that have it.
        const name = model.names[file].toLowerCase();
        items.push({ node: file, depth: 0, rank: name.startsWith(words[0]) ? 0 : name.includes(words[0]) ? 1 : 2 });
      }
      items.sort((left, right) => left.rank - right.rank || model.into[right.node].length - model.into[left.node].length);
      $("hits").textContent = items.length === 0 ? "nothing found" : `${counted(items.length, "file")} found`;
    }
    this.tree.show(items);
  }

  #fillTreeRow(row, { node, depth }) {
    const { model } = this;
    const file = model.isFile(node);
    row.style.paddingLeft = `${8 + 13 * depth}px`;
    row.setAttribute("role", "treeitem");
    row.dataset.path = model.paths[node];
    row.title = model.paths[node];
    if (node === this.selected) row.classList.add("selected");
    else if (file && this.light.roles[node] !== UNLIT) row.classList.add(ROLES[this.light.roles[node]]);
    if (this.query === "") {
      const twist = element("span", "twist", file ? "" : this.opened.has(node) ? "▾" : "▸");
      row.append(twist, element("span", "name", model.names[node]));
      if (!file) row.setAttribute("aria-expanded", this.opened.has(node));
    } else {
      row.append(this.#marked(model.names[node]), element("span", "path", model.paths[model.parents[node]]));
    }
    if (model.cyclic[node] > 0) row.append(element("span", "dot"));
    row.append(element("span", "note", file ? number(model.into[node].length) : number(model.sizes[node])));
    row.addEventListener("click", () => this.#clickTreeRow(node));
  }

  #clickTreeRow(node) {
    if (!this.model.isFile(node)) {
      if (this.opened.has(node)) this.opened.delete(node);
      else this.opened.add(node);
    }
    this.select(node === this.model.root ? -1 : node);
    if (node !== this.model.root) this.map.reveal(node);
  }

  /** A name with what is looked for marked in it. */
  #marked(name) {
    const marked = element("span", "name");
    const word = this.query.split(/\s+/)[0];
    const at = name.toLowerCase().indexOf(word);
    if (at < 0) marked.textContent = name;
    else marked.append(name.slice(0, at), element("mark", "", name.slice(at, at + word.length)), name.slice(at + word.length));
    return marked;
  }

  #moveInTree(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = this.tree.items.findIndex((item) => item.node === this.selected);
    if (step) {
      const item = this.tree.items[Math.min(this.tree.items.length - 1, Math.max(0, at + step))];
      if (item) this.select(item.node);
      this.#scrollToSelected();
    } else if (["ArrowRight", "ArrowLeft"].includes(event.key) && at >= 0 && !this.model.isFile(this.selected)) {
      if (event.key === "ArrowRight") this.opened.add(this.selected);
      else this.opened.delete(this.selected);
      this.#showTree();
    } else {
      return;
    }
    event.preventDefault();
  }

  #scrollToSelected() {
    const at = this.tree.items.findIndex((item) => item.node === this.selected);
    if (at >= 0) this.tree.scrollTo(at);
  }

  #hover(node, x, y) {
    const tip = $("tip");
    tip.hidden = node < 0 || node === this.model.root;
    if (tip.hidden) return;
    const { model } = this;
    const facts = model.isFile(node)
      ? [`imported by ${number(model.into[node].length)}, imports ${number(model.out[node].length)}`]
      : [counted(model.sizes[node], "file"), `double-click ${this.map.open.has(node) ? "closes" : "opens"} it`];
    if (model.cyclic[node] > 0) facts.push(model.isFile(node) ? "in a cycle" : `${number(model.cyclic[node])} in cycles`);
    tip.replaceChildren(element("span", "", model.paths[node]), element("small", "", facts.join("  ·  ")));
    const { clientWidth, clientHeight } = tip.parentElement;
    tip.style.left = `${Math.max(4, Math.min(x + 14, clientWidth - tip.offsetWidth - 6))}px`;
    tip.style.top = `${y + 18 + tip.offsetHeight > clientHeight ? y - tip.offsetHeight - 8 : y + 18}px`;
  }

  #showDetails() {
    const { model, selected: node } = this;
    if (node < 0) return this.#showHelp();
    const lead = element("div", "lead");
    lead.append(element("h2", "", model.names[node]));
    const path = element("p", "");
    path.append(element("code", "", model.paths[node]));
    lead.append(path);
    if (!model.isFile(node)) lead.append(element("p", "", counted(model.sizes[node], "file")));
    const cycle = model.isFile(node) && model.cycleOf[node] >= 0 ? model.cycles[model.cycleOf[node]] : [];
    const tabs = [
      ["dependents", "depend on it", this.reached.dependents],
      ["dependencies", "it depends on", this.reached.dependencies],
    ];
    if (cycle.length > 0) tabs.push(["cyclic", "in its cycle", cycle]);
    if (!tabs.some(([name]) => name === this.tab)) this.tab = "dependents";
    const bar = element("div", "tabs");
    bar.setAttribute("role", "tablist");
    for (const [name, text, files] of tabs) {
      const button = element("button", name);
      button.type = "button";
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", name === this.tab);
      button.append(element("b", "", number(files.length)), text);
      button.addEventListener("click", () => {
        this.tab = name;
        this.#showDetails();
      });
      bar.append(button);
    }
    const rows = element("div", "list");
    $("details").replaceChildren(lead, bar, rows);
    const list = new List(rows, (row, file) => this.#fillReachedRow(row, file));
    list.show(tabs.find(([name]) => name === this.tab)[2]);
  }

  /** A row of the details: the file, and how it is connected if it is next to the selection, or how far it is. */
  #fillReachedRow(row, file) {
    const { model, selected, reached } = this;
    const next = model.isFile(selected)
      ? { dependents: model.edge(file, selected), dependencies: model.edge(selected, file) }[this.tab]
      : undefined;
    const steps = { dependents: reached.back, dependencies: reached.forth }[this.tab]?.[file];
    const kinds = next?.kinds.filter((kind) => kind !== "runtime").join(", ");
    const note = next ? [kinds, next.line > 0 ? `line ${next.line}` : ""].filter(Boolean).join(" · ") : steps > 1 ? `${steps} steps` : "";
    row.title = model.paths[file];
    row.dataset.path = model.paths[file];
    row.append(element("span", "name", model.names[file]), element("span", "path", model.paths[model.parents[file]]));
    if (model.cyclic[file] > 0) row.append(element("span", "dot"));
    row.append(element("span", "note", note));
    row.addEventListener("click", () => this.select(file, true));
  }

  #showHelp() {
    const { model } = this;
    const help = element("div", "empty");
    help.append(element("h2", "", "Click a file or a package"));
    const lines = ["what depends on it lights up, and what it depends on", "double-click opens and closes a package", "scroll to zoom, drag to move"];
    const list = document.createElement("ul");
    list.append(...lines.map((line) => element("li", "", line)));
    help.append(list, element("h2", "", "Most depended on"));
    const rows = element("div", "list");
    $("details").replaceChildren(help, rows);
    const files = Array.from(model.into.keys()).sort((left, right) => model.into[right].length - model.into[left].length);
    const top = new List(rows, (row, file) => {
      row.dataset.path = model.paths[file];
      row.title = model.paths[file];
      row.append(element("span", "name", model.names[file]), element("span", "path", model.paths[model.parents[file]]));
      row.append(element("span", "note", number(model.into[file].length)));
      row.addEventListener("click", () => this.select(file, true));
    });
    top.show(files.slice(0, 100));
  }
}

// Kept where a console, or a test, finds it.
globalThis.esker = new Page(new Model(JSON.parse($("data").textContent)));
