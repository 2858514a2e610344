// Where each node lies on the map: a squarified treemap (Bruls, Huizing and van Wijk, 2000) of the open packages.

/** The height of an open package's title. */
const TITLE = 17;
/** The space between a package's frame and what is in it. */
const GAP = 2;

/**
 * The boxes of all nodes that are to be seen, outer ones before those in them: `{node, x, y, width, height, open}`.
 */
function treemap(model, open, width, height) {
  const boxes = [];
  const place = (node, x, y, width, height) => {
    const box = { node, x, y, width, height, open: false };
    boxes.push(box);
    if (model.isFile(node) || !open.has(node)) return;
    const title = height > 3 * TITLE && width > 40 ? TITLE : GAP;
    const inner = { x: x + GAP, y: y + title, width: width - 2 * GAP, height: height - title - GAP };
    // Too small to be seen into.
    if (inner.width < 3 || inner.height < 3) return;
    box.open = true;
    box.title = title;
    squarify(model.children[node], model.weights, inner, place);
  };
  place(model.root, 0, 0, width, height);
  return boxes;
}

/** Shares an area out among nodes by their weights, in rows that are as square as can be. */
function squarify(nodes, weights, area, place) {
  const sorted = [...nodes].sort((left, right) => weights[right] - weights[left] || left - right);
  let { x, y, width, height } = area;
  let rest = sorted.reduce((sum, node) => sum + weights[node], 0);
  for (let start = 0; start < sorted.length; ) {
    const scale = (width * height) / rest;
    const side = Math.min(width, height);
    let sum = 0;
    let end = start;
    let worst = Infinity;
    while (end < sorted.length) {
      const next = sum + weights[sorted[end]];
      const thickness = (next * scale) / side;
      const longest = (weights[sorted[start]] * scale) / thickness;
      const shortest = (weights[sorted[end]] * scale) / thickness;
      const ratio = Math.max(longest / thickness, thickness / shortest);
      if (ratio > worst) break;
      [worst, sum, end] = [ratio, next, end + 1];
    }
    const thickness = (sum * scale) / side;
    let along = 0;
    for (; start < end; start += 1) {
      const length = (weights[sorted[start]] * scale) / thickness;
      if (width >= height) place(sorted[start], x, y + along, thickness, length);
      else place(sorted[start], x + along, y, length, thickness);
      along += length;
    }
    if (width >= height) [x, width] = [x + thickness, width - thickness];
    else [y, height] = [y + thickness, height - thickness];
    rest -= sum;
  }
}
