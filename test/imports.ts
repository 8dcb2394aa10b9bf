/** What the sources import, read by the compiler's own parser. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { isStringLiteral } from "typescript/unstable/ast/is";
import { API } from "typescript/unstable/sync";

const root = resolve(import.meta.dirname, "..");

export interface Import {
  /** From the root of the repository. */
  readonly file: string;
  /** As it is written: of a package, of Node, or a path from the file. */
  readonly target: string;
}

/** Every import of the packages' sources: of values and of types, with `import()` and re-exports. */
export function readImports(): readonly Import[] {
  const folder = mkdtempSync(join(tmpdir(), "caum-imports-"));
  const config = join(folder, "tsconfig.json");
  // Nothing is resolved or checked: only the sources themselves are parsed.
  const compilerOptions = { noLib: true, noResolve: true, types: [], module: "preserve" };
  const sources = readdirSync(join(root, "packages")).map((name) =>
    join(root, "packages", name, "src"),
  );
  writeFileSync(config, JSON.stringify({ compilerOptions, include: sources }));
  const api = new API({ cwd: folder });
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (!project) throw new Error("the compiler did not open the project");
    return project.rootFiles.flatMap((path) => {
      const source = project.program.getSourceFile(path);
      if (!source) throw new Error(`the compiler did not read ${path}`);
      const file = relative(root, path);
      return source.imports.filter(isStringLiteral).map(({ text: target }) => ({ file, target }));
    });
  } finally {
    api.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
