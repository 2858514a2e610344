// The graph as the rest of the page sees it: a tree of nodes, with edges between its leaves.
//
// Nodes are numbered: files first, in the order of their paths, then directories. A directory comes after the one that
// it lies in.

"use strict";

/** The power of its size to which a package gets room on the map. */
const DAMPING = 0.8;

class Model {
  constructor(data) {
    const files = data.files.length;
    const nodes = files + data.directories.length;
    this.root = files;
    this.fileCount = files;
    this.kindNames = data.kinds;
    this.sites = data.sites;
    this.names = new Array(nodes);
    this.parents = new Int32Array(nodes);
    this.children = Array.from({ length: nodes }, (_, node) => (node < files ? null : []));
    data.directories.forEach(([parent, name], index) => {
      this.names[files + index] = name;
      this.parents[files + index] = index === 0 ? -1 : files + parent;
      if (index > 0) this.children[files + parent].push(files + index);
    });
    data.files.forEach(([directory, name], file) => {
      this.names[file] = name;
      this.parents[file] = files + directory;
      this.children[files + directory].push(file);
    });
    this.names[this.root] = data.root || "/";
    this.paths = this.names.map((_, node) => this.#path(node));
    for (const children of this.children) children?.sort((left, right) => this.#order(left, right));
    this.sizes = this.#sum(() => 1);
    this.edges = data.edges;
    this.kindCounts = this.#countKinds();
    this.choose(data.policy);
  }

  isFile(node) {
    return node < this.fileCount;
  }

  /** Whether a node lies in another, or is it. */
  isWithin(node, above) {
    while (node !== -1 && node !== above) node = this.parents[node];
    return node === above;
  }

  /** All files at or below a node. */
  filesOf(node) {
    if (this.isFile(node)) return [node];
    const files = [];
    const open = [node];
    while (open.length > 0) {
      for (const child of this.children[open.pop()]) (this.isFile(child) ? files : open).push(child);
    }
    return files;
  }

  /** The node with a path; undefined if there is none. */
  find(path) {
    this.byPath ??= new Map(this.paths.map((found, node) => [found, node]));
    return this.byPath.get(path);
  }

  /**
   * Lets only edges count that have an import all of whose kinds are in the policy, and finds out what follows:
   * `out` and `into`, for each file the files at the other ends, and `cycles`, the files of each.
   */
  choose(policy) {
    this.policy = policy;
    const counts = this.sites.map((sites) => sites.some((kinds) => (kinds & ~policy) === 0));
    this.out = Array.from({ length: this.fileCount }, () => []);
    this.into = Array.from({ length: this.fileCount }, () => []);
    this.edgeCount = 0;
    this.edges.forEach((edges, from) => {
      for (let at = 0; at < edges.length; at += 3) {
        if (!counts[edges[at + 1]]) continue;
        this.out[from].push(edges[at]);
        this.into[edges[at]].push(from);
        this.edgeCount += 1;
      }
    });
    this.cycles = cyclesOf(this.out);
    this.cycleOf = new Int32Array(this.fileCount).fill(-1);
    this.cycles.forEach((files, cycle) => files.forEach((file) => (this.cycleOf[file] = cycle)));
    // For each node the number of files in it that are in a cycle, and its weight on the map.
    this.cyclic = this.#sum((file) => (this.cycleOf[file] >= 0 ? 1 : 0));
    this.weights = this.#weights();
    this.heat = this.#heat();
  }

  /** The kinds of the imports behind an edge that count, and the line of the first; undefined if there is none. */
  edge(from, to) {
    const edges = this.edges[from];
    for (let at = 0; at < edges.length; at += 3) {
      if (edges[at] !== to) continue;
      let bits = 0;
      for (const kinds of this.sites[edges[at + 1]]) if ((kinds & ~this.policy) === 0) bits |= kinds;
      return { kinds: this.kindNames.filter((_, bit) => bits & (1 << bit)), line: edges[at + 2] };
    }
    return undefined;
  }

  /**
   * How much room each node gets on the map. Files on which many depend get more; and a package that is a hundred times
   * as large as the one beside it gets less than a hundred times as much, or nothing would be seen of the other.
   */
  #weights() {
    const weights = new Float64Array(this.names.length);
    for (let node = 0; node < this.fileCount; node += 1) weights[node] = 1 + Math.log2(1 + this.into[node].length) / 2;
    for (let node = this.names.length - 1; node >= this.root; node -= 1) {
      const sum = this.children[node].reduce((total, child) => total + weights[child], 0);
      weights[node] = sum ** DAMPING;
    }
    return weights;
  }

  /** How much is imported of each node from outside of its package, from 0 to 1 on a logarithmic scale. */
  #heat() {
    const counts = new Float64Array(this.names.length);
    this.into.forEach((importers, file) => {
      for (const importer of importers) {
        // Counted for all packages that the import leads into.
        for (let node = file; node !== -1 && !this.isWithin(importer, node); node = this.parents[node]) counts[node] += 1;
      }
    });
    const most = Math.log1p(counts.reduce((left, right) => Math.max(left, right), 1));
    return counts.map((count) => Math.log1p(count) / most);
  }

  #path(node) {
    const parts = [];
    for (; this.parents[node] !== -1; node = this.parents[node]) parts.push(this.names[node]);
    return parts.reverse().join("/");
  }

  /** Directories come before files. */
  #order(left, right) {
    const files = this.isFile(left) - this.isFile(right);
    return files || (this.names[left] < this.names[right] ? -1 : 1);
  }

  /** For each node the sum of a number of the files in it. */
  #sum(number) {
    const sums = new Float64Array(this.names.length);
    for (let file = 0; file < this.fileCount; file += 1) sums[file] = number(file);
    for (let file = 0; file < this.fileCount; file += 1) sums[this.parents[file]] += sums[file];
    for (let node = this.names.length - 1; node > this.root; node -= 1) sums[this.parents[node]] += sums[node];
    return sums;
  }

  /** For each kind how many edges have an import of it. */
  #countKinds() {
    const bits = this.sites.map((sites) => sites.reduce((all, kinds) => all | kinds, 0));
    const counts = this.kindNames.map(() => 0);
    for (const edges of this.edges) {
      for (let at = 1; at < edges.length; at += 3) counts.forEach((_, bit) => (counts[bit] += (bits[edges[at]] >> bit) & 1));
    }
    return counts;
  }
}
