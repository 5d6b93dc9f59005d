import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const FONT_LICENCE = join(import.meta.dirname, "node_modules/pretendard/dist/LICENSE.txt");
const ICON = join(import.meta.dirname, "src/icon.svg"); // its name carries its number: raise it with the picture
const STYLES = join(import.meta.dirname, "src/styles");
const PAGES = join(import.meta.dirname, "src/pages");
const WEIGHTS = ["400", "700"]; // KRDS sets text in regular and bold only

/** The KRDS tokens that our styles use, and those that these refer to; the file as shipped has 780. */
function usedTokens(tokens: string): string {
  const declared = new Map<string, string>();
  for (const [, name, value] of tokens.matchAll(/(--krds-[\w-]+):\s*([^;]+);/g)) declared.set(name, value.trim());
  const used = new Set<string>();
  const visit = (text: string): void => {
    for (const [, name] of text.matchAll(/var\((--krds-[\w-]+)\)/g)) {
      if (used.has(name)) continue;
      const value = declared.get(name);
      if (value === undefined) throw new Error(`KRDS has no token ${name}`);
      used.add(name);
      visit(value);
    }
  };
  for (const file of readdirSync(STYLES)) visit(readFileSync(join(STYLES, file), "utf8"));
  const lines = [...declared].filter(([name]) => used.has(name)).map(([name, value]) => `${name}:${value};`);
  return `:root{${lines.join("\n")}}`;
}

/** The faces of the dynamic subset in the weights we set, woff2 only. */
function usedFaces(css: string): string {
  const faces = css.match(/@font-face\s*{[^}]*}/g) ?? [];
  return faces
    .filter((face) => WEIGHTS.includes(/font-weight:\s*(\d+)/.exec(face)?.[1] ?? ""))
    .map((face) => face.replace(/,\s*url\([^)]*\)\s*format\('woff'\)/, ""))
    .join("\n");
}

function onlyWhatIsUsed(): Plugin {
  return {
    name: "madang:only-what-is-used",
    enforce: "pre",
    load(id) {
      const path = id.split("?")[0];
      if (path.endsWith("krds_tokens.css")) return usedTokens(readFileSync(path, "utf8"));
      if (path.endsWith("pretendard-dynamic-subset.css")) return usedFaces(readFileSync(path, "utf8"));
      return null;
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "assets/icon-1.svg", source: readFileSync(ICON) });
      this.emitFile({ type: "asset", fileName: "Pretendard-LICENSE.txt", source: readFileSync(FONT_LICENCE) });
    },
  };
}

/** Scripts that only some pages need, one entry for each file of src/pages: loaded by `{% built_files "name" %}`. */
function pages(): Record<string, string> {
  const names = readdirSync(PAGES).filter((name) => name.endsWith(".ts"));
  return Object.fromEntries(names.map((name) => [name.slice(0, -3), join(PAGES, name)]));
}

export default defineConfig({
  base: "/static/",
  plugins: [onlyWhatIsUsed()],
  build: {
    outDir: join(import.meta.dirname, "../src/madang/web/static/dist"),
    emptyOutDir: true,
    assetsDir: "assets",
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: { main: join(import.meta.dirname, "src/main.ts"), ...pages() } },
  },
});
