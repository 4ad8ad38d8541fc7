// The plain page: browse, search, play. The address holds where one is: #/HOME, #/HOME/FOLDER,
// #/HOME?words. Everything from a library is shown as text, never as markup.

const page_size = 60;
const kinds = ["container", "audio", "video", "image"];
const svg = "http://www.w3.org/2000/svg";
const at = (id) => document.getElementById(id);

let visit = 0; // rises with every change of place: answers for an older one are dropped
let shown = []; // the items on the page, in order
let current = null; // what the player plays

async function ask(path) {
  const response = await fetch(`/api/v1${path}`);
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.detail || answer.title);
  }
  return answer;
}

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function where() {
  const [path, words] = decodeURI(location.hash.slice(1)).split("?");
  const [, home, folder] = path.split("/");
  return { home, folder, words: words && decodeURIComponent(words) };
}

function duration(ms) {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return text.replace(/^00:0?/, "");
}

function about(item) {
  const facts = [item.artist, item.album, item.durationMs && duration(item.durationMs)];
  if (item.kind === "image" && item.width) {
    facts.push(`${item.width} × ${item.height}`);
  }
  return facts.filter(Boolean).join(" · ");
}

// One of the drawings in index.html: glyphs of emoji are missing on many machines.
function sign(name) {
  const drawing = document.createElementNS(svg, "svg");
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", `#sign-${name}`);
  drawing.append(use);
  return drawing;
}

function art_box(...children) {
  const box = make("span", { className: "art" }, ...children);
  box.setAttribute("aria-hidden", "true");
  return box;
}

function art(item) {
  const box = art_box();
  const drawn = () => sign(kinds.includes(item.kind) ? item.kind : "container");
  const url = item.artUrl || (item.kind === "image" ? item.mediaUrl : undefined);
  if (url) {
    const image = make("img", { src: url, alt: "", loading: "lazy" });
    image.addEventListener("error", () => image.replaceWith(drawn()));
    box.append(image);
  } else {
    box.append(drawn());
  }
  return box;
}

function card(element, picture, title, words) {
  element.className = "item";
  element.append(
    picture,
    make(
      "span",
      { className: "words" },
      make("span", { className: "title", textContent: title }),
      make("span", { className: "about", textContent: words }),
    ),
  );
  return make("li", {}, element);
}

function item_card(home, item) {
  if (item.kind === "container") {
    return card(make("a", { href: `#/${home}/${item.id}` }), art(item), item.title, about(item));
  }
  const button = make("button", { type: "button" });
  button.dataset.kind = item.kind;
  button.addEventListener("click", () => open_item(item));
  return card(button, art(item), item.title, about(item));
}

// Another account's home says whose it is.
function name_of(home) {
  const name = home?.name || "A home";
  return home?.owner ? `${name} of ${home.owner.name || "another account"}` : name;
}

function home_card(home) {
  const scanning = home.scan.state === "scanning";
  const words = !home.online
    ? "not reachable now"
    : scanning
      ? `looking at files: ${home.scan.done} of ${home.scan.total}`
      : "online";
  const picture = art_box(sign("home"));
  return card(make("a", { href: `#/${home.id}` }), picture, name_of(home), words);
}

// ---- places ----

function begin(heading) {
  visit += 1;
  shown = [];
  at("items").replaceChildren();
  at("crumbs").replaceChildren();
  at("more").hidden = true;
  at("heading").textContent = heading;
  at("status").textContent = "One moment …";
  return visit;
}

async function show_homes() {
  const mine = begin("Homes");
  const { homes } = await ask("/homes");
  if (mine !== visit) {
    return;
  }
  at("status").textContent = homes.length ? "" : "No home is connected yet.";
  at("items").append(...homes.map(home_card));
}

async function show_crumbs(home, folder, mine) {
  const trail = [];
  for (let id = folder; id; ) {
    const item = await ask(`/homes/${home}/items/${id}`);
    trail.unshift(make("a", { href: `#/${home}/${item.id}`, textContent: item.title }));
    id = item.parent;
  }
  const { homes } = await ask("/homes");
  const name = name_of(homes.find((one) => one.id === home));
  if (mine === visit) {
    at("heading").textContent = trail.length ? trail.at(-1).textContent : name;
    at("crumbs").replaceChildren(
      make("a", { href: "#/", textContent: "Homes" }),
      make("a", { href: `#/${home}`, textContent: name }),
      ...trail,
    );
  }
}

async function show_page(home, query, cursor, mine) {
  const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
  const { items, next } = await ask(`/homes/${home}/${query}limit=${page_size}${more}`);
  if (mine !== visit) {
    return;
  }
  shown.push(...items);
  at("items").append(...items.map((item) => item_card(home, item)));
  at("status").textContent = shown.length ? "" : "Nothing here.";
  at("more").hidden = !next;
  at("more").onclick = () => guarded(() => show_page(home, query, next, mine), mine);
}

async function show_folder({ home, folder, words }) {
  const mine = begin(words ? `“${words}”` : "…");
  const query = words
    ? `search?q=${encodeURIComponent(words)}&`
    : `items?${folder ? `parent=${folder}&` : ""}`;
  if (words) {
    at("crumbs").append(make("a", { href: `#/${home}`, textContent: "Back to the library" }));
  }
  await Promise.all([
    show_page(home, query, undefined, mine),
    words ? undefined : show_crumbs(home, folder, mine),
  ]);
}

async function guarded(show, mine) {
  try {
    await show();
  } catch (error) {
    if (mine === undefined || mine === visit) {
      at("status").textContent = error.message;
    }
  }
}

function show_place() {
  const place = where();
  at("words").value = place.words || "";
  return guarded(() => (place.home ? show_folder(place) : show_homes()));
}

async function search(event) {
  event.preventDefault();
  const words = at("words").value.trim();
  const home = where().home || (await ask("/homes")).homes.find((one) => one.online)?.id;
  if (home) {
    location.hash = words ? `#/${home}?${encodeURIComponent(words)}` : `#/${home}`;
  }
}

// ---- playing ----

function stop() {
  for (const media of [at("audio"), at("video")]) {
    media.pause();
    media.removeAttribute("src");
    media.load();
    media.hidden = true;
  }
  at("player").hidden = true;
  current = null;
}

function open_item(item) {
  if (item.kind === "image") {
    at("picture").src = item.mediaUrl;
    at("picture").alt = item.title;
    at("viewer").showModal();
    return;
  }
  stop();
  current = item;
  const media = at(item.kind);
  at("track").textContent = item.title;
  at("artist").textContent = [item.artist, item.album].filter(Boolean).join(" · ");
  at("cover").hidden = !item.artUrl;
  if (item.artUrl) {
    at("cover").src = item.artUrl;
  }
  at("player").hidden = false;
  media.hidden = false;
  media.src = item.mediaUrl;
  media.play().catch(() => media.focus());
}

function play_next() {
  const after = shown.slice(shown.findIndex((item) => item.id === current?.id) + 1);
  const next = current && after.find((item) => item.kind === "audio");
  if (next) {
    open_item(next);
  }
}

at("search").addEventListener("submit", (event) => guarded(() => search(event)));
at("stop").addEventListener("click", stop);
at("audio").addEventListener("ended", play_next);
at("viewer").addEventListener("close", () => at("picture").removeAttribute("src"));
addEventListener("hashchange", show_place);
show_place();
