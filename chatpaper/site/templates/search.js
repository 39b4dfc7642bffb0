// Asks the index of each year, and lists what it finds. Everything is built of text
// nodes; the excerpts' marks are the only elements that are read from the index.
const form = document.getElementById("search");
const box = document.getElementById("q");
const told = document.getElementById("told");
const results = document.getElementById("results");
const PAGE = 50;

async function open() {
  const [first, ...more] = form.dataset.bundles.split(" ");
  const index = await import(new URL(`${first}/pagefind.js`, document.baseURI));
  const base = new URL("./", document.baseURI).pathname;
  await index.options({ baseUrl: base, excerptLength: 40 });
  for (const bundle of more) {
    const at = new URL(bundle, document.baseURI).href;
    await index.mergeIndex(at, { baseUrl: base });
  }
  return index;
}

function marked(excerpt) {
  const part = document.createElement("span");
  part.className = "by";
  const plain = new DOMParser().parseFromString(excerpt, "text/html").body;
  for (const node of plain.childNodes) {
    if (node.nodeName === "MARK") {
      const mark = document.createElement("mark");
      mark.textContent = node.textContent;
      part.append(mark);
    } else {
      part.append(node.textContent);
    }
  }
  return part;
}

function item(page) {
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
  line.append(marked(page.excerpt));
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
  results.replaceChildren(...pages.map(item));
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
