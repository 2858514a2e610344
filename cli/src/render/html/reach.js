// Searches in the graph: what can be reached, and which files are in a circle.

/**
 * For each file how many steps it is from the nearest of these files, along `edges`; -1 if it cannot be reached. At most
 * `limit` steps are taken.
 */
function distances(edges, files, limit = Infinity) {
  const found = new Int32Array(edges.length).fill(-1);
  const queue = [...files];
  for (const file of queue) found[file] = 0;
  for (let at = 0; at < queue.length; at += 1) {
    const next = found[queue[at]] + 1;
    if (next > limit) break;
    for (const file of edges[queue[at]]) {
      if (found[file] !== -1) continue;
      found[file] = next;
      queue.push(file);
    }
  }
  return found;
}

/**
 * The strongly connected components that are cycles: more than one file, or a file that imports itself. Largest first.
 * Tarjan's algorithm with a stack of its own, because chains of imports are longer than a browser's stack is deep.
 */
function cyclesOf(edges) {
  const order = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const onStack = new Uint8Array(edges.length);
  const stack = [];
  const cycles = [];
  let visited = 0;
  for (let start = 0; start < edges.length; start += 1) {
    if (order[start] !== -1) continue;
    const calls = [{ file: start, next: 0 }];
    while (calls.length > 0) {
      const call = calls[calls.length - 1];
      const { file } = call;
      if (call.next === 0) {
        order[file] = low[file] = visited++;
        stack.push(file);
        onStack[file] = 1;
      }
      if (call.next < edges[file].length) {
        const to = edges[file][call.next++];
        if (order[to] === -1) calls.push({ file: to, next: 0 });
        else if (onStack[to]) low[file] = Math.min(low[file], order[to]);
        continue;
      }
      calls.pop();
      if (calls.length > 0) {
        const above = calls[calls.length - 1].file;
        low[above] = Math.min(low[above], low[file]);
      }
      if (low[file] !== order[file]) continue;
      const component = [];
      let member;
      do {
        member = stack.pop();
        onStack[member] = 0;
        component.push(member);
      } while (member !== file);
      if (component.length > 1 || edges[file].includes(file)) cycles.push(component.sort((left, right) => left - right));
    }
  }
  return cycles.sort((left, right) => right.length - left.length || left[0] - right[0]);
}
