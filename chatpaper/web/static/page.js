/* What the page does beyond showing itself: it sends papers, follows them, and lays a
   sentence's evidence beside it. Nothing is kept but, in this tab, where your papers are. */
"use strict";

const $ = (selector, under = document) => under.querySelector(selector);
const $$ = (selector, under = document) => [...under.querySelectorAll(selector)];
const SAY = JSON.parse(document.body.dataset.say);
const QUERY = document.body.dataset.query;
const say = (key, values = {}) =>
  SAY[key].replace(/\{(\w+)\}/g, (slot, name) => (name in values ? values[name] : slot));
const tell = (element, text) => {
  element.textContent = text;
  element.hidden = !text;
};

let toasting = 0;
function toast(text) {
  clearTimeout(toasting);
  $("#said").textContent = text;
  toasting = setTimeout(() => ($("#said").textContent = ""), 2500);
}

// ---------------------------------------------------------------- who may ask
// The token of a server that wants one comes behind the `#` of its address, or from its
// field, and is kept for this tab. A model key is kept nowhere.

const TOKEN = "chatpaper-token";
const kept = {
  get: (name) => {
    try {
      return sessionStorage.getItem(name) ?? "";
    } catch {
      return "";
    }
  },
  set: (name, value) => {
    try {
      sessionStorage.setItem(name, value);
    } catch {
      // A browser may keep nothing.
    }
  },
};

function takeToken() {
  const given = /^#token=([\x21-\x7e]+)$/.exec(location.hash);
  if (given) {
    kept.set(TOKEN, decodeURIComponent(given[1]));
    history.replaceState(null, "", location.pathname + location.search);
  }
  if ($("#token-field")) $("#token-field").hidden = Boolean(kept.get(TOKEN));
}

function secrets() {
  const headers = {};
  const key = $("#key")?.value.trim();
  if (key) headers["X-Model-Key"] = key;
  const typed = $("#token")?.value.trim();
  if (typed) kept.set(TOKEN, typed);
  if ($("#token") && kept.get(TOKEN)) headers["X-Access-Token"] = kept.get(TOKEN);
  return headers;
}

function refusedToken() {
  kept.set(TOKEN, "");
  if (!$("#token-field")) return;
  $("#token-field").hidden = false;
  $("#token").value = "";
  $("#token").focus();
}

// ---------------------------------------------------------------- papers of this tab
// Nobody else sees them, so the server lists them nowhere.

const MINE = "chatpaper-papers";

function mine() {
  try {
    const papers = JSON.parse(kept.get(MINE) || "[]");
    return papers.filter((it) => /^\/papers\/[\w-]+$/.test(it.url) && it.title);
  } catch {
    return [];
  }
}

const keepMine = (papers) => kept.set(MINE, JSON.stringify(papers.slice(0, 30)));

function note(url, title) {
  keepMine([{ url, title }, ...mine().filter((it) => it.url !== url)]);
}

function rename(url, title) {
  keepMine(mine().map((it) => (it.url === url ? { url, title } : it)));
}

function listMine() {
  const papers = mine();
  if (!$("#mine")) return;
  $("#mine .papers").replaceChildren(
    ...papers.map(({ url, title }) => {
      const link = Object.assign(document.createElement("a"), { textContent: title });
      link.href = url + QUERY;
      const item = document.createElement("li");
      item.append(link);
      return item;
    }),
  );
  $("#mine").hidden = !papers.length;
}

// ---------------------------------------------------------------- sending a paper

function sendPapers() {
  const form = $("#paper");
  const field = $("#file");
  const id = $("#id");
  const box = $(".drop");
  const refused = $("#refused");
  const most = Number(form.dataset.most);
  const hint = $(".drop .say").textContent;
  let sending = null;

  const refuse = (text) => {
    $("#going").hidden = true;
    $("#go").disabled = false;
    sending = null;
    // The same file may be chosen again.
    field.value = "";
    box.classList.remove("has");
    $(".drop .say").textContent = hint;
    tell(refused, text);
    refused.scrollIntoView({ block: "nearest" });
  };

  const send = (data, title) => {
    sending = new XMLHttpRequest();
    tell(refused, "");
    $("#go").disabled = true;
    $("#going").hidden = false;
    const share = $("#share");
    const told = $("#told");
    share.removeAttribute("value");
    told.textContent = say("sending");
    sending.upload.onprogress = (event) => {
      if (!event.lengthComputable || event.total < 100_000) return;
      share.value = Math.round((100 * event.loaded) / event.total);
      told.textContent = say("uploading", { percent: share.value });
    };
    sending.upload.onload = () => {
      share.removeAttribute("value");
      told.textContent = say("sending");
    };
    sending.onload = () => {
      const { status, response } = sending;
      if (status === 202 && /^\/papers\/[\w-]+$/.test(response?.url)) {
        note(response.url, title);
        location.assign(response.url + QUERY);
      } else {
        refuse(response?.error || say("unreachable"));
        if (status === 401) refusedToken();
      }
    };
    sending.onerror = () => refuse(say("unreachable"));
    sending.open("POST", form.getAttribute("action"));
    sending.responseType = "json";
    for (const [name, value] of Object.entries(secrets())) sending.setRequestHeader(name, value);
    sending.send(data);
  };

  const sendFile = (file) => {
    if (sending) return;
    if (file.size > most * 1e6) return refuse(say("too_large", { mb: most }));
    $(".drop .say").textContent = file.name;
    box.classList.add("has");
    const data = new FormData();
    data.append("file", file);
    send(data, file.name);
  };

  field.addEventListener("change", () => field.files.length && sendFile(field.files[0]));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return;
    const wanted = id.value.trim();
    if (wanted) {
      const data = new FormData();
      data.append("id", wanted);
      send(data, wanted);
    } else if (field.files.length) {
      sendFile(field.files[0]);
    } else {
      id.focus();
    }
  });

  let over = 0;
  const leave = () => {
    over = 0;
    box.classList.remove("over");
    if (!box.classList.contains("has")) $(".drop .say").textContent = hint;
  };
  addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    over += 1;
    box.classList.add("over");
    $(".drop .say").textContent = say("drop_now");
  });
  addEventListener("dragleave", () => --over <= 0 && leave());
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    leave();
    const files = event.dataTransfer?.files ?? [];
    if (files.length > 1) return refuse(say("one_file"));
    if (files.length) return sendFile(files[0]);
    const text = event.dataTransfer?.getData("text/plain").trim();
    if (text) id.value = text.slice(0, 200);
  });
  // Back from a paper, the page is as it was left.
  addEventListener("pageshow", (event) => event.persisted && refuse(""));
  listMine();
}

// ---------------------------------------------------------------- following a paper

function follow(job) {
  const id = job.dataset.job;
  const told = $("#told");
  const lost = $("#lost");
  let began = Date.now() - 1000 * Number(job.dataset.seconds);
  let over = false;
  let wasLost = false;

  const show = (now) => {
    if (now.title) $(".what").textContent = now.title;
    if (now.title) rename(location.pathname, now.title);
    began = Date.now() - 1000 * now.seconds;
    let passed = true;
    for (const item of $$(".stages li")) {
      const here = item.dataset.stage === now.stage;
      if (here) passed = item.hidden = false;
      item.className = here ? "now" : passed ? "done" : "";
      if (here) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
      $(".how", item).textContent = here ? say("is_now") : passed ? say("is_done") : "";
    }
    const place = now.position ? say("position", { n: now.position }) : "";
    $("#place").textContent = place;
    told.textContent = `${say(`stage_${now.stage}`)} ${place}`;
    if (now.state === "done" || now.state === "failed") {
      over = true;
      arrive();
    }
  };

  // A server that stops ends its papers first: the page stays until it can be reloaded.
  const arrive = async () => {
    try {
      await fetch(location.href, { cache: "no-store" });
      location.reload();
    } catch {
      isLost();
      setTimeout(arrive, 2000);
    }
  };

  const isLost = () => {
    wasLost = true;
    tell(lost, say("stopped"));
  };
  const isBack = () => {
    if (wasLost) tell(lost, "");
    if (wasLost) told.textContent = say("back");
    wasLost = false;
  };

  const listen = () => {
    const events = new EventSource(`/api/papers/${id}/events${QUERY}`);
    events.onopen = isBack;
    events.addEventListener("stage", (event) => {
      isBack();
      show(JSON.parse(event.data));
      if (over) events.close();
    });
    events.onerror = async () => {
      if (over) return;
      // The browser would try again by itself, but not after every kind of end.
      events.close();
      await ask();
      if (!over) setTimeout(listen, 2000);
    };
  };

  const ask = async () => {
    try {
      const answer = await fetch(`/api/papers/${id}${QUERY}`, { cache: "no-store" });
      if (answer.status === 404) {
        over = true;
        return tell(lost, say("gone"));
      }
      if (!answer.ok) return isLost();
      isBack();
      show(await answer.json());
    } catch {
      isLost();
    }
  };

  setInterval(() => {
    const n = Math.max(0, Math.round((Date.now() - began) / 1000));
    $("#clock").textContent = say("seconds", { n });
  }, 1000);
  listen();
}

// ---------------------------------------------------------------- evidence

function showEvidence() {
  const panel = $("#evidence");
  const home = panel.parentElement;
  const sheet = $(".sheet", panel);
  const picture = $("img", sheet);
  const told = $(".told", panel);
  const wide = matchMedia("(min-width: 64rem)");
  let chosen = null;
  let wanted = "";
  let marks = [];
  let large = false;
  let dwelling = 0;

  const claims = () => $$(".claim");
  const links = (claim) => $$("p .page a", claim).filter((a) => a.closest("p").parentElement === claim);

  // ---- the picture

  const zoom = () => {
    const all = marks.length ? marks : [[0, 0, 1, 0]];
    const [left, top] = [Math.min(...all.map((mark) => mark[0])), all[0][1]];
    const across = Math.max(...all.map((mark) => mark[2])) - left + 0.05;
    // The marked column fills a small screen; a large one has room for its neighbour.
    const most = (wide.matches ? 1.3 : 2.2) * (large ? 1.7 : 1);
    picture.style.width = `${100 * Math.max(large ? 1.7 : 1, Math.min(most, 0.98 / across))}%`;
    sheet.scrollTop = Math.max(0, top * picture.clientHeight - 0.3 * sheet.clientHeight);
    sheet.scrollLeft = Math.max(0, (left - 0.025) * picture.clientWidth);
  };

  const open = async (link) => {
    const address = link.href;
    const n = Number(/pages\/(\d+)\.webp/.exec(address)?.[1]);
    for (const button of $$(".pages button", panel)) {
      if (button.dataset.address === address) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    const pdf = $(".open-pdf", panel);
    pdf.href = `/papers/${$("#job").dataset.job}/paper.pdf?inline#page=${n}`;
    wanted = address;
    sheet.setAttribute("aria-busy", "true");
    tell(told, say("page_loading", { n }));
    let found = null;
    let last = n;
    try {
      const answer = await fetch(address);
      if (answer.ok) {
        found = answer.headers.get("X-Marks") ?? "";
        last = Number(answer.headers.get("X-Last-Page")) || n;
        await answer.blob();
      }
    } catch {
      // Said below.
    }
    if (wanted !== address) return;
    sheet.removeAttribute("aria-busy");
    if (found === null) {
      sheet.hidden = true;
      return tell(told, say("page_failed"));
    }
    marks = found.split(";").filter(Boolean).map((mark) => mark.split(",").map(Number));
    picture.src = address;
    try {
      await picture.decode();
    } catch {
      if (wanted === address) tell(told, say("page_failed"));
      return;
    }
    if (wanted !== address) return;
    const pages = last > n ? `${n}–${last}` : n;
    const words = say(marks.length ? "page_of_marked" : "page_of", { n: pages });
    picture.alt = words;
    sheet.hidden = false;
    tell(told, marks.length ? words : `${words} ${say("page_unmarked")}`);
    zoom();
  };

  // ---- the panel

  const fill = (claim) => {
    const quoted = $(".quoted", panel);
    const quotes = $$(".proof blockquote", claim);
    const isClaim = claim.matches(".claim");
    const at = isClaim ? links(claim) : [];
    quoted.replaceChildren(...quotes.map((quote) => quote.cloneNode(true)));
    if (isClaim && !quotes.length) {
      const words = document.createElement("p");
      words.lang = document.documentElement.lang;
      words.textContent = say(at.length ? "verbatim" : "no_place");
      quoted.append(words);
    }
    $("h2", panel).textContent = claim.dataset.label || say("evidence");
    $(".pages", panel).replaceChildren(
      ...(at.length > 1 ? at : []).map((link) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = link.textContent;
        button.dataset.address = link.href;
        button.addEventListener("click", () => open(link));
        return button;
      }),
    );
    $(".hint", panel).hidden = true;
    $(".tools", panel).hidden = false;
    $(".shown", panel).hidden = false;
    return at;
  };

  const choose = (claim, { link = null, move = false } = {}) => {
    clearTimeout(dwelling);
    if (claim === chosen && !link) return;
    chosen?.classList.remove("chosen");
    chosen = claim;
    claim.classList.add("chosen");
    place();
    const at = fill(claim);
    const first = link ?? at[0];
    $(".elsewhere", panel).hidden = !first;
    if (first) {
      open(first);
    } else {
      wanted = "";
      sheet.hidden = true;
      tell(told, "");
    }
    if (!wide.matches) claim.scrollIntoView({ block: "start" });
    else if (move) claim.scrollIntoView({ block: "nearest" });
  };

  // Beside the text where there is room, else below the sentence.
  const place = () => {
    if (wide.matches) {
      if (panel.parentElement !== home) home.append(panel);
    } else if (chosen && panel.parentElement !== chosen) {
      chosen.append(panel);
    }
  };
  wide.addEventListener("change", () => {
    place();
    zoom();
  });

  const close = () => {
    if (!chosen) return;
    const was = chosen;
    clearTimeout(dwelling);
    chosen.classList.remove("chosen");
    chosen = null;
    wanted = "";
    const held = panel.contains(document.activeElement);
    home.append(panel);
    $("h2", panel).textContent = say("evidence");
    $(".hint", panel).hidden = false;
    $(".tools", panel).hidden = true;
    $(".shown", panel).hidden = true;
    if (held) $(".page a, .here", was).focus();
  };

  const go = (step) => {
    const all = claims();
    const at = all.indexOf(chosen);
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
    if (!next) return;
    choose(next, { move: true });
    (links(next)[0] ?? $(".here", next)).focus({ preventScroll: true });
  };

  // ---- what leads to it

  document.addEventListener("click", (event) => {
    const { target } = event;
    // A figure's page, or that of a warning, is shown in the same way.
    const loose = target.closest("article .page a") && target.closest("figure, .warning");
    const claim = target.closest(".claim") ?? loose;
    if (!claim || panel.contains(target) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = target.closest("a");
    if (link?.matches(".here")) {
      choose(claim);
      navigator.clipboard?.writeText(link.href).then(
        () => toast(say("copied")),
        () => {},
      );
      return;
    }
    if (link && !link.closest(".page")) return;
    if (link) event.preventDefault();
    // Who selects words reads on.
    if (!link && String(getSelection())) return;
    const known = loose ? link : link && links(claim).find((other) => other.href === link.href);
    if (!wide.matches && claim === chosen && !known) return close();
    choose(claim, { link: known });
    // A key pressed on a link leads into the panel.
    if (link && event.detail === 0) panel.focus({ preventScroll: true });
  });
  document.addEventListener("focusin", (event) => {
    const claim = event.target.closest(".claim");
    if (claim && wide.matches && !panel.contains(event.target)) linger(claim);
  });
  document.addEventListener("mousemove", (event) => {
    // A page that scrolls under a resting mouse moves it, too, by nothing.
    if (!wide.matches || !(event.movementX || event.movementY)) return;
    const claim = event.target.closest?.(".claim");
    if (claim && claim !== chosen) linger(claim);
    else clearTimeout(dwelling);
  });
  const linger = (claim) => {
    clearTimeout(dwelling);
    dwelling = setTimeout(() => choose(claim), 250);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, summary")) return;
    if (event.key === "Escape") return close();
    // Arrows scroll, but where a sentence has the focus.
    const inClaim = event.target.closest(".claim") && !sheet.contains(event.target);
    const steps = { j: 1, k: -1, ...(inClaim && { ArrowDown: 1, ArrowUp: -1 }) };
    if (event.key in steps) {
      event.preventDefault();
      go(steps[event.key]);
    }
  });
  $(".before", panel).addEventListener("click", () => go(-1));
  $(".after", panel).addEventListener("click", () => go(1));
  $(".close", panel).addEventListener("click", close);
  $(".zoom", panel).addEventListener("click", (event) => {
    large = !large;
    event.currentTarget.setAttribute("aria-pressed", String(large));
    zoom();
  });

  const named = () => {
    const claim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (claim?.matches(".claim")) choose(claim, { move: true });
    return claim;
  };
  addEventListener("hashchange", named);
  if (!named() && wide.matches) {
    const first = claims().find((claim) => links(claim).length);
    if (first) choose(first);
  }
}

// ---------------------------------------------------------------- questions

function answerQuestions() {
  const form = $("#ask");
  const asked = $("#asked");
  const refused = $("#ask-refused");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = $("button", form);
    const question = $("#question").value.trim();
    if (!question || button.disabled) return;
    button.disabled = true;
    tell(refused, "");
    tell(asked, say("asking"));
    const headers = { "Content-Type": "application/json", ...secrets() };
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        headers,
        body: JSON.stringify({ question }),
      });
      const said = await answer.json();
      if (answer.status === 401) refusedToken();
      if (!answer.ok) throw new Error(said.error);
      const shown = document.createElement("section");
      shown.className = "answer";
      // Made by the server's templates, which escape what is not ours.
      shown.innerHTML = said.html;
      shown.prepend(Object.assign(document.createElement("h3"), { textContent: question }));
      $("#answers").prepend(shown);
      const n = said.claims.length;
      tell(asked, n ? say("answered", { n }) : say("no_answer"));
      $("#question").value = "";
    } catch (error) {
      tell(asked, "");
      const isOurs = !(error instanceof TypeError || error instanceof SyntaxError);
      tell(refused, (isOurs && error.message) || say("unreachable"));
    }
    button.disabled = false;
  });
}

// ---------------------------------------------------------------- begin

const job = $("#job");
takeToken();
if ($("#paper")) sendPapers();
if (job?.dataset.title) rename(location.pathname, job.dataset.title);
if (job?.dataset.state === "queued" || job?.dataset.state === "working") follow(job);
if ($("#evidence")) showEvidence();
if ($("#ask")) answerQuestions();
