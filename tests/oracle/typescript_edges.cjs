// Prints where the imports of files lead by the TypeScript compiler's own resolver.
//
//     node typescript_edges.cjs TYPESCRIPT_DIRECTORY DIRECTORY MODULE_RESOLUTION < FILES.json > EDGES.json
//
// FILES.json is a list of paths relative to DIRECTORY. What is resolved is what the compiler itself collects in a file,
// `sourceFile.imports` and what it augments, by `ts.resolveModuleName`, with the options of the nearest tsconfig.json or jsconfig.json, or
// else the defaults below; and the paths of `/// <reference path>`. EDGES.json maps each file to a list of [specifier, [first line, last line], target], where the target is
// relative to DIRECTORY, or null for what leads nowhere or out of it.

const fs = require("node:fs");
const path = require("node:path");

const [typescript, directory, moduleResolution] = process.argv.slice(2);
const ts = require(path.resolve(typescript));
const root = fs.realpathSync(directory);
const files = JSON.parse(fs.readFileSync(0, "utf8"));

const defaults = {
  allowJs: true,
  checkJs: false,
  resolveJsonModule: true,
  jsx: ts.JsxEmit.Preserve,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind[moduleResolution],
};
if (/^Node(16|Next)$/.test(moduleResolution)) defaults.module = ts.ModuleKind[moduleResolution];

// Options by the path of the configuration; those that say how modules are resolved are taken from it.
const configurations = new Map();
function optionsFor(file) {
  let at = path.dirname(file);
  for (;;) {
    for (const name of ["tsconfig.json", "jsconfig.json"]) {
      const found = path.join(at, name);
      if (fs.existsSync(found)) return configuration(found);
    }
    if (at === root) return defaults;
    at = path.dirname(at);
  }
}

function configuration(file) {
  let options = configurations.get(file);
  if (!options) {
    const read = ts.readConfigFile(file, ts.sys.readFile);
    // No file of it is wanted, only its options.
    const host = { ...ts.sys, readDirectory: () => [] };
    const parsed = ts.parseJsonConfigFileContent(read.config ?? {}, host, path.dirname(file));
    options = { ...parsed.options, allowJs: true, resolveJsonModule: true };
    if (options.module === undefined && options.moduleResolution === undefined) {
      options.module = defaults.module;
      options.moduleResolution = defaults.moduleResolution;
    }
    configurations.set(file, options);
  }
  return options;
}

// Relative imports in an ambient module are an error to the compiler, which leaves them out.
function leftOut(source) {
  const ambient = source.statements.filter((it) => ts.isModuleDeclaration(it) && ts.isStringLiteral(it.name));
  const inside = ambient.flatMap((it) => [...(it.body?.statements ?? [])]);
  return inside.filter((it) => it.moduleSpecifier?.text.startsWith("."));
}

// The first element or fragment of JSX in a tree.
function firstJsx(node) {
  return ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)
    ? node
    : ts.forEachChild(node, firstJsx);
}

function inTree(resolvedModule) {
  const target = resolvedModule && path.relative(root, fs.realpathSync(resolvedModule.resolvedFileName));
  return target && !target.startsWith("..") && !target.split("/").includes("node_modules") ? target : null;
}

const edges = {};
for (const relative of files) {
  const file = path.join(root, relative);
  const options = optionsFor(file);
  const host = ts.createCompilerHost(options, true);
  // Alone, and without looking further: what is wanted of the program is the list of imports.
  const program = ts.createProgram([file], { ...options, noResolve: true, noLib: true, types: [] }, host);
  const source = program.getSourceFile(file);
  if (!source) continue;
  const augmented = (source.moduleAugmentations ?? []).filter(ts.isStringLiteral);
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  const jsx = firstJsx(source)?.getStart(source);
  edges[relative] = [...(source.imports ?? []), ...augmented].map((literal) => {
    const mode = ts.getModeForUsageLocation?.(source, literal, options);
    const { resolvedModule } = ts.resolveModuleName(literal.text, file, options, host, undefined, undefined, mode);
    // What the compiler imports by itself stands nowhere; it does so where there is no JSX, too.
    if (literal.pos < 0) return jsx !== undefined && [literal.text, [lineOf(jsx), lineOf(jsx)], inTree(resolvedModule)];
    // The statement around, whose first line is that of the first name in it.
    let statement = literal;
    while (statement.parent && !ts.isStatement(statement)) statement = statement.parent;
    const lines = [lineOf(statement.getStart(source)), lineOf(literal.getStart(source))];
    return [literal.text, lines, inTree(resolvedModule)];
  });
  edges[relative] = edges[relative].filter(Boolean);
  for (const statement of leftOut(source)) {
    const [first, last] = [statement.getStart(source), statement.end];
    const lines = [lineOf(first), lineOf(last)];
    edges[relative].push([statement.moduleSpecifier.text, lines, null]);
  }
  for (const { fileName, pos } of source.referencedFiles) {
    const target = path.join(path.dirname(relative), fileName);
    const line = source.getLineAndCharacterOfPosition(pos).line + 1;
    edges[relative].push([fileName, [line, line], fs.existsSync(path.join(root, target)) ? target : null]);
  }
}
process.stdout.write(JSON.stringify(edges));
