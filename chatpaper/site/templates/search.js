// Asks every index, and lists what it finds. Everything is built of text
// nodes: no markup is read from the index.
const form = document.getElementById("search");
const box = document.getElementById("q");
const told = document.getElementById("told");
const results = document.getElementById("results");
const PAGE = 50;

async function open() {
  const [first, ...more] = form.dataset.bundles.split(" ");
  const index = await import(new URL(`${first}/pagefind.js`, document.baseURI));
  const base = new URL("./", document.baseURI).pathname;
  await index.options({ baseUrl: base });
  for (const bundle of more) {
    const at = new URL(bundle, document.baseURI).href;
    await index.mergeIndex(at, { baseUrl: base });
  }
  return index;
}

// The words around the first that was asked for, without the titles before them.
function excerpt(page, asked) {
  let text = page.content;
  for (const head of [page.meta.title, page.meta.title, page.meta.original]) {
    if (head && text.startsWith(head)) {
      text = text.slice(head.length).replace(/^[\s.。]+/, "");
    }
  }
  const signs = asked.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const wanted = new RegExp(`(${signs.join("|")})`, "gi");
  const start = Math.max(0, text.search(wanted) - 24);
  const part = document.createElement("span");
  part.className = "by";
  const shown = text.slice(start, start + 100);
  part.append(start ? "…" : "");
  shown.split(wanted).forEach((words, nth) => {
    const mark = document.createElement("mark");
    mark.textContent = words;
    part.append(nth % 2 ? mark : words);
  });
  part.append("…");
  return part;
}

function item(page, asked) {
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = page.url;
  link.textContent = page.meta.title;
  line.append(link);
  if (page.meta.original) {
    const original = document.createElement("span");
    original.className = "original";
    original.lang = "en";
    original.textContent = page.meta.original;
    line.append(original);
  }
  line.append(excerpt(page, asked));
  return line;
}

const opened = open();
let asked = 0;

async function search() {
  const words = box.value.trim();
  const mine = ++asked;
  if (!words) {
    results.replaceChildren();
    told.textContent = "";
    return;
  }
  const found = (await (await opened).search(words)).results;
  const pages = await Promise.all(found.slice(0, PAGE).map((one) => one.data()));
  if (mine !== asked) return; // somebody typed on
  const each = words.split(/\s+/);
  results.replaceChildren(...pages.map((page) => item(page, each)));
  told.textContent = found.length
    ? form.dataset.found.replace("{n}", found.length)
    : form.dataset.nothing;
}

if (location.protocol.startsWith("http")) {
  told.textContent = "";
  box.value = new URLSearchParams(location.search).get("q") || "";
  let wait;
  box.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(search, 150);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams({ q: box.value });
    history.replaceState(null, "", `?${query}`);
    search();
  });
  box.focus();
  search();
}
