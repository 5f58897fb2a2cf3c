/*! <hub-search>: a search box over a content hub, for any page. MIT licence. */
// Answers become text and <mark> elements, never markup. See docs/how-to/search-box.md.

const HERE = new URL(".", import.meta.url).href;
const SECONDS = 10; // until an answer is given up
const KEPT = 60; // answers that are kept for going back a letter

const WORDS = {
  box: "Search",
  placeholder: "Search articles, topics, authors",
  submit: "Search",
  clear: "Clear the search",
  suggestions: "Suggestions",
  recent: "Recent searches",
  forget: "Forget recent searches",
  results: "Results",
  searching: "Searching …",
  "count-zero": "Nothing found for “{q}”.",
  "count-one": "{n} result",
  "count-other": "{n} results",
  about: "About {n} results",
  page: "page {n}",
  "did-you-mean": "Did you mean",
  filters: "Narrow the results",
  related: "Related to “{title}”",
  "comments-one": "{n} comment",
  "comments-other": "{n} comments",
  discussion: "In the discussion",
  said: "{author} on “{title}”",
  pages: "Pages of results",
  next: "Next page",
  previous: "Previous page",
  topic: "Topic",
  author: "Author",
  query: "Search",
  language: "Language",
  kind: "Kind",
  year: "Year",
  month: "Month",
  image: "Image",
  offline: "You are offline. The search goes on when the connection is back.",
  unreachable: "The search cannot be reached at the moment.",
  slow: "The search takes too long to answer.",
  broken: "The search is out of order at the moment.",
  busy: "These are too many searches at once.",
  retry: "Try again",
  remove: "Remove “{q}” from the recent searches",
  favourites: "Favourites",
  favour: "Keep “{q}” among the favourites",
  unfavour: "Remove “{q}” from the favourites",
  popular: "Popular searches",
  articles: "Articles",
  unfilter: "Search without filters",
  topics: "Topics",
  authors: "Authors",
  close: "Close the search",
};

const DOCUMENT = /* GraphQL */ `
query Type($q:String!$s:Int=5$n:Int=6$f:SearchFilter$x:[FacetField!]=[TOPIC AUTHOR YEAR]){
...S search(query:$q filter:$f first:$n asYouType:true){...R}}
query Rest{suggest(query:"" first:6){kind text slug}topics(first:8 rootsOnly:true){nodes{name slug}}}
query Talk($q:String!$s:Int=5$n:Int=6$d:Int=2$f:SearchFilter$x:[FacetField!]=[TOPIC AUTHOR YEAR]){
...S search(query:$q filter:$f first:$n asYouType:true){...R...T}
said:search(query:$q filter:$f first:$d in:[COMMENTS] asYouType:true){...D}}
query Find($q:String!$n:Int=6$d:Int=2$f:SearchFilter$a:String$x:[FacetField!]=[TOPIC AUTHOR YEAR]){
search(query:$q filter:$f first:$n after:$a){...R...T}
said:search(query:$q filter:$f first:$d in:[COMMENTS]){...D}}
fragment S on Query{suggest(query:$q first:$s){kind text highlighted slug count article{...A}}}
fragment R on SearchConnection{totalCount totalIsExact tookMs didYouMean redirect banners{title text url}
facets(fields:$x size:8){field buckets{value label count selected}}pageInfo{hasNextPage endCursor}
edges{pinned highlights(fragments:1){field fragments}node{...A summary publishedAt commentCount
image{url alt}topics{name slug}authors{name slug}}}}
fragment T on SearchConnection{related(first:4){nodes{...A}}edges{paragraph{heading{text anchor}}}}
fragment D on SearchConnection{edges{highlights(fragments:1){fragments}comment{id anchor authorName publishedAt}node{...A}}}
fragment A on Article{id slug title language url storyPath}`;
const DOCUMENT_ID = "071788d106f6142d0f9daeb43c1f64d9420a7c91ce8ea14a00f2c04951d731fd"; // its SHA-256
const USUAL = { n: 6, s: 5, d: 2, x: "TOPIC,AUTHOR,YEAR" };
const SLOW = 300; // milliseconds
const WIDTH = 448; // least width of a panel, in pixels
const LANGUAGES = ["ar", "de", "es", "fr", "he", "it", "ja", "nl", "pl", "pt", "ru", "tr", "uk", "zh"];
const TRANSLATIONS = {}; // by language: labels, or null while they are loaded
const BOXES = new Set();
const FAVOURITES = 20; // at most
const TALK = 5; // letters, before more than articles is asked for
const GROUPS = { ARTICLE: "articles", TOPIC: "topics", AUTHOR: "authors", QUERY: "popular" };

const FILTERS = { TOPIC: "topics", AUTHOR: "authors", LANGUAGE: "languages", KIND: "kinds", YEAR: "years", MONTH: "months", IMAGE: "hasImage" };
const FORMS = { YEAR: /^\d{4}$/, MONTH: /^\d{4}-\d\d$/, IMAGE: /^(true|false)$/ };
const FIELDS = Object.keys(FILTERS);

const STYLE = `
:host{display:block}
.ground{display:block;position:relative;box-sizing:border-box;min-width:0;text-align:start;
--_text:var(--hub-search-text,light-dark(#1b1f24,#e8eaed));
--_muted:var(--hub-search-muted,light-dark(#57606a,#a4adb7));
--_back:var(--hub-search-background,light-dark(#fff,#171a1f));
--_line:var(--hub-search-border,light-dark(#8a939d,#6b7580));
--_soft:var(--hub-search-soft,light-dark(#eef1f5,#262b33));
--_accent:var(--hub-search-accent,light-dark(#0b57a4,#8ec3ff));
--_mark:var(--hub-search-mark,light-dark(#ffe58a,#6a5200));
--_round:var(--hub-search-radius,.5rem);
font:var(--hub-search-font,inherit);line-height:1.45;color:var(--_text);
cursor:auto;hyphens:manual;letter-spacing:normal;pointer-events:auto;quotes:auto;text-indent:0;text-shadow:none;
text-transform:none;user-select:auto;white-space:normal;word-break:normal;word-spacing:normal;writing-mode:horizontal-tb}
.plain{font-size:clamp(.875rem,1em,1.25rem);font-style:normal;font-weight:400;font-variant:normal;font-stretch:normal}
:host([hidden]),[hidden]{display:none!important}
:host([theme=light]) .ground{color-scheme:light}
:host([theme=dark]) .ground{color-scheme:dark}
:host([theme=auto]) .ground{color-scheme:light dark}
*{box-sizing:border-box}
.away{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
form{margin:0}
.field{display:flex;align-items:center;background:var(--_back);border:1px solid var(--_line);border-radius:var(--_round)}
.field:focus-within{position:relative;z-index:1;outline:2px solid var(--_accent);outline-offset:1px}
input{flex:1;min-width:0;font:inherit;color:inherit;background:none;border:0;outline:0;padding:.6em .8em;appearance:none}
input::placeholder{color:var(--_muted);opacity:1}
input::-webkit-search-cancel-button{display:none}
button{font:inherit;color:inherit;background:none;border:0;border-radius:calc(var(--_round) - 2px);cursor:pointer;padding:.3em .7em;min-height:2em}
button:hover,.list [role=option]:hover{background:var(--_soft)}
button:focus-visible,a:focus-visible,h2:focus-visible{outline:2px solid var(--_accent);outline-offset:1px}
.submit{color:var(--_accent);font-weight:600;margin-inline-end:.2em}
.panel{background:var(--_back);border-radius:var(--_round);overflow-wrap:anywhere}
.over{position:absolute;z-index:var(--hub-search-layer,1000);inset-inline:0;top:calc(100% + .3rem);border:1px solid var(--_line);
box-shadow:0 .6rem 2rem #0004;max-height:80vh;overflow:auto;overscroll-behavior:contain}
.over[popover]{inset:auto;position:fixed;margin:0;padding:0;color:inherit;background:var(--_back);height:auto}
.inline{position:relative}
.inline>.over{top:.3rem}
dialog{border:0;padding:0;color:inherit;background:none;margin:10vh auto auto;width:min(46rem,100vw - 2rem);max-width:none;max-height:80vh;overflow:visible}
dialog::backdrop{background:#0008}
dialog[open]{display:flex;flex-direction:column}
dialog .panel{overflow:auto;overscroll-behavior:contain;margin-top:.3rem;min-height:0}
.opener{display:flex;gap:1em;justify-content:space-between;align-items:center;width:100%;text-align:start;min-height:2.65em;color:var(--_muted);background:var(--_back);border:1px solid var(--_line);border-radius:var(--_round)}
kbd{font:inherit;font-size:.8em;border:1px solid;padding:0 .4em;margin-inline-start:.2em}
@media(max-width:40rem){dialog{margin:0;width:100vw;height:100dvh;max-height:none;background:var(--_back)}}
.panel>.list{padding:.4rem}
.field{position:relative}
.busy .field::after{content:"";position:absolute;inset:auto 0 0;height:2px;border-radius:2px;background:var(--_accent);animation:busy 1s infinite alternate ease-in-out}
@keyframes busy{from{clip-path:inset(0 75% 0 0)}to{clip-path:inset(0 0 0 75%)}}
.bone{background:var(--_soft);height:.9em;margin:.8em 0}
.list .head:not([hidden]){display:flex;justify-content:space-between;align-items:center;color:var(--_muted);font-size:.85em;padding:.1rem .7em}
.list a{color:inherit;text-decoration:none}
.list .heading{color:var(--_muted);font-size:.85em;padding:.4rem .7em .1rem}
.act{padding:0 .4em;cursor:pointer}
.act:hover{color:var(--_text)}
.with-picture{display:grid;grid-template-columns:1fr auto;column-gap:.8em}
.with-picture>*{grid-column:1}
.with-picture>.picture{grid-area:1/2/9/3;width:4.5em;height:4.5em;object-fit:cover;border-radius:calc(var(--_round) - 2px)}
.section{font-size:.9em;text-decoration:none}
.section::before{content:"# ";color:var(--_muted)}
.body .active{background:var(--_soft);box-shadow:inset 0 0 0 2px var(--_accent)}
.list [role=option]{display:flex;gap:.8em;justify-content:space-between;align-items:baseline;line-height:1.3;padding:.5em .6em;border-radius:calc(var(--_round) - 2px);cursor:pointer}
.list [aria-selected=true]{background:var(--_soft);box-shadow:inset 0 0 0 2px var(--_accent)}
.kind,.meta,.status{color:var(--_muted);font-size:.85em}
.kind{flex:none}
mark{background:var(--_mark);color:var(--_text);border-radius:.15em}
.body{padding:.2rem .9rem .8rem}
.inline .body{padding-inline:.2rem}
.status{margin:.5rem 0;min-height:1.3em}
.notice{margin:.6rem .9rem;padding:.6rem .8rem;border-inline-start:4px solid var(--_accent);background:var(--_soft);border-radius:var(--_round)}
.link{color:var(--_accent);text-decoration:underline;padding:.1em .3em;min-height:0}
.facets{display:flex;gap:.4rem;overflow-x:auto;padding:.2rem;margin:0 -.2rem .4rem;scrollbar-width:thin}
p.facets{flex-wrap:wrap}
.facets>*{flex:none}
.facets button{border:1px solid var(--_line);border-radius:2em;padding:.15em .8em;font-size:.85em}
.facets button[aria-pressed=true]{background:var(--_accent);border-color:var(--_accent);color:var(--_back)}
h2{font-size:.95em;margin:.9rem 0 .3rem}
ol,ul{list-style:none;margin:0;padding:0}
ol>li{padding:.55rem 0}
ol>li+li{border-top:1px solid var(--_soft)}
a{color:var(--_accent);text-underline-offset:.15em}
.title{font-weight:600;text-decoration:none}
.title:hover{text-decoration:underline}
.text{margin:.15rem 0}
.meta{display:flex;flex-wrap:wrap;gap:0 .8em;margin:0}
q{display:block}
ul>li{padding:.25rem 0}
nav{display:flex;gap:.6rem;margin-top:.6rem}
nav button{border:1px solid var(--_line)}
.wide{display:flex;flex-wrap:wrap;gap:1px;background:var(--_soft)}
.wide>*{background:var(--_back);flex:1 1 14rem}
.wide>.body{flex:3 1 min(24rem,100%);min-width:0}
@media(prefers-reduced-motion:reduce){.busy .field::after{animation:none}}
@media(prefers-reduced-motion:no-preference){[aria-busy=true] ol{opacity:.6;transition:opacity .15s .3s}}
@media(forced-colors:active){.active{outline:2px solid Highlight}.facets button[aria-pressed=true]{forced-color-adjust:none;background:Highlight;color:HighlightText}}
`;

/** An element with attributes (or properties, for what begins with a dot) and children. */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name[0] === ".") made[name.slice(1)] = value;
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" }; // all that the hub writes

/** Escaped text as nodes; `<mark>` is its only markup. */
export function marked(html) {
  const found = document.createDocumentFragment();
  let into = found;
  for (const piece of html.split(/(<\/?mark>)/)) {
    if (piece === "<mark>") into = found.appendChild(document.createElement("mark"));
    else if (piece === "</mark>") into = found;
    else if (piece) into.append(piece.replace(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? whole));
  }
  return found;
}

/** An address that a link may have; null for none, and for `javascript:` and the like. */
function safe(address, base = document.baseURI) {
  try {
    const { href } = new URL(address || "//", base);
    return /^https?:/.test(href) ? href : null;
  } catch {
    return null;
  }
}

/** What went wrong, by the name of its words. */
class Trouble extends Error {}

export class HubSearch extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #sheet = new CSSStyleSheet();
  #parts = {};
  #text = "";
  #filter = {};
  #cursors = [null];
  #committed = false;
  #options = [];
  #active = -1;
  #open = false;
  #answer = null;
  #trouble = null;
  #asking = 0;
  #controller = null;
  #timer = 0;
  #slow = 0;
  #waiting = false; // for longer than SLOW
  #names = {}; // of filters, by field and value
  #offering = null; // a promise of what is offered where nothing is typed or found
  #offered = null;
  #known = new Map();
  #watch = new MutationObserver(() => this.#dress());
  #here = null; // aborted when the box leaves the page

  constructor() {
    super();
    this.#sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [this.#sheet];
    this.#build();
  }

  connectedCallback() {
    BOXES.add(this);
    if (this.hasAttribute("clicks")) import(`${HERE}hub-search-clicks.js`);
    this.#dress();
    this.#watch.observe(this, { attributes: true });
    this.#here = new AbortController();
    const { signal } = this.#here;
    addEventListener("keydown", (event) => this.#shortcut(event), { signal });
    addEventListener("scroll", () => this.#position(), { signal, capture: true, passive: true });
    addEventListener("resize", () => this.#position(), { signal });
    visualViewport?.addEventListener("resize", () => this.#position(), { signal });
    addEventListener("pointerdown", (event) => this.#pointed(event.composedPath()), { signal });
    addEventListener("popstate", () => this.#restore(), { signal });
    addEventListener("online", () => this.#trouble && this.#ask(), { signal });
    this.#restore();
  }

  disconnectedCallback() {
    BOXES.delete(this);
    this.#watch.disconnect();
    this.#here.abort();
    clearTimeout(this.#timer);
    this.#stop();
  }

  /** What is typed; setting it searches. */
  get value() {
    return this.#text;
  }
  set value(text) {
    this.#parts.input.value = text;
    this.#typed(true);
  }

  /** Puts the caret into the box; `mode="modal"` is opened. */
  focus(options) {
    const { dialog, input } = this.#parts;
    if (this.#modal && !dialog.open) dialog.showModal();
    input.focus(options);
  }

  // -- what the page says by attributes ------------------------------------------------------

  get #endpoint() {
    const given = this.getAttribute("endpoint");
    return new URL(given ? given.replace(/\/*$/, "/") : HERE, document.baseURI).href;
  }
  get #modal() {
    return this.getAttribute("mode") === "modal";
  }
  get #inline() {
    return !this.#modal && this.getAttribute("results") === "inline";
  }
  /** The parameter of the page's address: of several boxes only the first has one unasked. */
  get #param() {
    const first = document.querySelector("hub-search:not([param])") ?? this;
    return this.getAttribute("param") ?? (first === this ? "q" : "");
  }
  get #language() {
    const named = (this.closest("[lang]") ?? document.documentElement).lang || navigator.language;
    try {
      return Intl.getCanonicalLocales(named)[0] ?? "en";
    } catch {
      return "en";
    }
  }
  #number(name, usual, least, most) {
    const given = parseInt(this.getAttribute(name) ?? "", 10);
    return Number.isNaN(given) ? usual : Math.min(most, Math.max(least, given));
  }
  get #words() {
    return { ...WORDS, ...TRANSLATIONS[this.#language.split("-")[0]] };
  }
  #word(name, values = {}) {
    const text = this.getAttribute(`label-${name}`) ?? this.#words[name] ?? "";
    return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }
  #counted(name, n, values = {}) {
    const rule = n === 0 ? "zero" : new Intl.PluralRules(this.#language).select(n);
    const words = this.#words;
    const known = [`${name}-${rule}`, `${name}-other`].find((one) => this.hasAttribute(`label-${one}`) || words[one]);
    return this.#word(known, { n: n.toLocaleString(this.#language), ...values });
  }
  /** Loads the labels of the page's language, once for all boxes. */
  async #translate() {
    const [language] = this.#language.split("-");
    if (!LANGUAGES.includes(language) || language in TRANSLATIONS) return;
    TRANSLATIONS[language] = null;
    try {
      const response = await fetch(`${this.#endpoint}hub-search/${language}.json`, { credentials: "omit" });
      TRANSLATIONS[language] = response.ok ? await response.json() : {};
    } catch {
      delete TRANSLATIONS[language]; // tried again by the next box
    }
    for (const box of BOXES) box.#dress();
  }
  /** Where an article is read: at a heading or a comment, if one is named. */
  #address(article, { heading, comment } = {}) {
    const pattern = this.getAttribute("article-url");
    const filled = pattern?.replace(/\{(slug|language|id)\}/g, (_, key) => encodeURIComponent(article[key]));
    const address = new URL(safe(filled ?? article.url) ?? this.#endpoint + (article.storyPath ?? ""));
    const { anchor } = comment ?? heading ?? {};
    if (anchor) address.hash = anchor;
    // A story shows the page of comments that has this one.
    if (comment && address.href.startsWith(`${this.#endpoint}stories/`)) address.searchParams.set("comment", anchor.split("-")[1]);
    return address.href;
  }

  // -- the frame -----------------------------------------------------------------------------

  #build() {
    const parts = this.#parts;
    parts.label = make("label", { class: "away", part: "label", for: "input" });
    parts.input = make("input", {
      ...{ id: "input", part: "input", type: "search", role: "combobox", maxlength: 500 },
      ...{ "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "list" },
      ...{ autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "search" },
    });
    parts.clear = make("button", { type: "button", part: "clear", ".onclick": () => this.#clear() }, "×");
    parts.submit = make("button", { type: "submit", part: "submit", class: "submit" });
    parts.form = make(
      "form",
      { part: "form", role: "search" },
      parts.label,
      make("div", { class: "field", part: "field" }, parts.input, parts.clear, parts.submit),
    );
    parts.head = make("span", { id: "head" });
    parts.forget = make("button", { type: "button", part: "forget", class: "link", ".onclick": () => this.#forget() });
    parts.options = make("div", { id: "list", role: "listbox", part: "listbox" });
    parts.top = make("div", { class: "head" }, parts.head, parts.forget);
    parts.list = make("div", { class: "list", part: "suggestions", ".hidden": true }, parts.top, parts.options);
    parts.told = make("p", { class: "away", role: "status" });
    parts.notice = make("div", { class: "notice", part: "notice", role: "alert", ".hidden": true });
    parts.body = make("div", { class: "body", ".hidden": true });
    parts.panel = make("div", { class: "panel", part: "panel" }, parts.notice, parts.list, parts.body);
    parts.ground = make("div", { class: "ground" }, parts.form, parts.told, parts.panel);
    this.#root.append(parts.ground);
    parts.form.onsubmit = (event) => this.#submitted(event);
    parts.input.oninput = (event) => event.isComposing || this.#typed();
    parts.input.addEventListener("compositionend", () => this.#typed());
    parts.input.onfocus = () => this.#show();
    parts.input.onclick = () => this.#show();
    parts.input.onkeydown = (event) => this.#pressed(event);
    parts.options.onpointerdown = (event) => event.preventDefault(); // the caret stays in the box
    parts.panel.addEventListener("keydown", (event) => this.#pressedInPanel(event));
    this.#root.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.#root.contains(event.relatedTarget)) this.#close();
    });
  }

  /** In the page, or in a dialog that a button opens. */
  #place() {
    const { ground, form, told, panel } = this.#parts;
    if (this.#modal === ground.contains(this.#parts.dialog ?? null)) return;
    if (!this.#modal) return ground.replaceChildren(form, told, panel);
    const opener = make("button", { type: "button", class: "opener", part: "opener", "aria-haspopup": "dialog", ".onclick": () => this.focus() });
    const close = make("button", { type: "button", part: "close", ".onclick": () => dialog.close() }, "✕");
    // "close" comes late
    const dialog = make("dialog", { part: "dialog", ".onclose": () => dialog.open || this.#close(),
      ".onclick": (event) => event.target === dialog && dialog.close() }, form, told, panel);
    form.querySelector(".field").append(close);
    Object.assign(this.#parts, { opener, dialog, close });
    ground.replaceChildren(opener, dialog);
  }

  /** The words of the frame, and where its form goes. */
  #dress() {
    const { ground, label, input, clear, submit, forget, form } = this.#parts;
    const font = getComputedStyle(this).getPropertyValue("--hub-search-font").trim();
    ground.classList.toggle("plain", !font || font === "inherit");
    this.#place();
    this.#translate();
    const { opener, dialog, close } = this.#parts;
    if (close) close.hidden = !this.#modal;
    if (this.#modal) {
      opener.replaceChildren(this.#word("placeholder"), make("span", {}, ...this.#shortcuts.map((key) => make("kbd", {}, key))));
      opener.setAttribute("aria-label", this.#word("box"));
      dialog.setAttribute("aria-label", this.#word("box"));
      close.setAttribute("aria-label", this.#word("close"));
    }
    label.textContent = this.#word("box");
    input.placeholder = this.#word("placeholder");
    input.name = this.#param || "q";
    clear.setAttribute("aria-label", this.#word("clear"));
    submit.textContent = this.#word("submit");
    forget.textContent = this.#word("forget");
    form.action = safe(this.getAttribute("search-page")) ?? `${this.#endpoint}search`;
    this.#render();
  }

  // -- typing, keys, choices -----------------------------------------------------------------

  #typed(committed = false) {
    const text = this.#parts.input.value;
    if (text.trim() === this.#text.trim() && !committed && this.#answer) return;
    this.#text = text;
    this.#activate(-1);
    this.#cursors = [null];
    this.#open = true;
    clearTimeout(this.#timer);
    if (committed) return void this.#commit();
    this.#committed = false;
    if (!this.#wanted) return this.#rest();
    this.#timer = setTimeout(() => this.#ask(), this.#number("debounce", 80, 0, 2000));
    this.#render();
  }

  get #wanted() {
    return this.#text.trim().length >= this.#number("min-length", 1, 1, 10) || this.#narrowed;
  }
  get #narrowed() {
    return Object.values(this.#filter).some((values) => values.length);
  }

  /** Nothing is asked: what was answered goes, and recent searches come. */
  #rest() {
    this.#stop();
    this.#answer = this.#trouble = null;
    this.#render();
  }

  #commit() {
    clearTimeout(this.#timer);
    if (!this.#wanted) return this.#rest();
    this.#committed = 2; // by the reader: an answer may lead elsewhere
    this.#remember();
    this.#link("pushState");
    this.#tell("search", { query: this.#text.trim(), filter: structuredClone(this.#filter) });
    this.#ask();
  }

  #submitted(event) {
    this.#text = this.#parts.input.value;
    if (this.hasAttribute("search-page")) return void this.#remember();
    event.preventDefault();
    if (this.#wanted) this.#typed(true);
  }

  #pressed(event) {
    const { key } = event;
    if (event.isComposing) return;
    const entries = this.#entries;
    const go = (at) => {
      event.preventDefault();
      this.#activate(at);
    };
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      const down = key === "ArrowDown";
      if (event.altKey) return down ? this.#show() : this.#close();
      if (!this.#open) return this.#show();
      const count = entries.length;
      if (count) this.#activate(((this.#active + 1 + (down ? 1 : count)) % (count + 1)) - 1);
    } else if (key === "Home" && this.#active >= 0) go(0);
    else if (key === "End" && this.#active >= 0) go(entries.length - 1);
    else if ((key === "Delete" || key === "*") && entries[this.#active]?.[key]) {
      event.preventDefault();
      entries[this.#active][key](event);
    } else if (key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      entries[this.#active].choose(event);
    } else if (key === "Escape") this.#escape(event);
  }

  /** Arrows walk on from what has the focus; text that is typed goes into the box. */
  #pressedInPanel(event) {
    const { key, target } = event;
    if (key === "Escape") return this.#escape(event);
    const at = this.#entries.indexOf(target);
    if (at < 0 || event.isComposing) return;
    if (key.length === 1 && key !== " " && !event.ctrlKey && !event.metaKey) return this.#parts.input.focus();
    if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(key)) return;
    this.#parts.input.focus();
    this.#activate(at);
    this.#pressed(event);
  }

  /** Suggestions and then results, as the arrows walk them; results in the page are none. */
  get #entries() {
    const { options, body } = this.#parts;
    const within = (part) => (part.hidden ? [] : [...part.querySelectorAll("[role=option]")]);
    return this.#open ? [...(this.#listed ? within(options) : []), ...within(body)] : [];
  }

  get #shortcuts() {
    const keys = (this.getAttribute("shortcut") ?? "").split(/\s+/).filter(Boolean);
    const command = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl ";
    return keys.map((key) => (/^[a-z]$/i.test(key) ? command + key.toUpperCase() : key));
  }

  /** Letters open the box with Ctrl or Cmd, other keys alone. */
  #shortcut(event) {
    const keys = (this.getAttribute("shortcut") ?? "").toLowerCase().split(/\s+/);
    if (event.defaultPrevented || event.altKey || !keys.includes(event.key?.toLowerCase())) return;
    const [target] = event.composedPath();
    const writes = target.isContentEditable || /^(input|textarea|select)$/.test(target.localName);
    const command = event.ctrlKey || event.metaKey;
    if (/^[a-z]$/i.test(event.key) ? !command : command || writes) return;
    event.preventDefault();
    this.focus();
    this.#parts.input.select();
  }

  /** Beside the box the suggestions close; so they do on results that stand in the page. */
  #pointed(path) {
    if (!path.includes(this) || (this.#inline && path.includes(this.#parts.body))) this.#close();
  }

  #escape(event) {
    const { input } = this.#parts;
    const listed = this.#open && (this.#listed || !this.#inline);
    if (!listed && !this.#text && !this.#modal) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.#modal) return this.#parts.dialog.close();
    if (listed) this.#close();
    else this.#clear();
    if (this.#root.activeElement !== input) {
      input.focus();
      this.#close();
    }
  }

  #activate(at) {
    const { input } = this.#parts;
    const entries = this.#entries;
    this.#active = at < entries.length ? at : -1;
    entries.forEach((option, place) => {
      const active = place === this.#active;
      option.setAttribute("aria-selected", active);
      const shown = option.closest("li") ?? option;
      shown.classList.toggle("active", active);
      if (active) shown.scrollIntoView({ block: "nearest" });
    });
    if (this.#active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", entries[this.#active].id);
  }

  /** Takes a suggestion: a topic or an author narrows the results, a text is searched for. */
  #choose({ kind, text, slug }, at) {
    if (kind === "TOPIC" || kind === "AUTHOR") {
      if (!this.#tell("select", { kind: kind.toLowerCase(), slug, text, position: at })) return;
      this.#narrow(kind, slug, text);
    } else {
      this.#parts.input.value = text;
      this.#typed(true);
    }
    if (this.#inline) this.#close();
  }

  #narrow(field, value, name) {
    this.#names[`${field}:${value}`] = name;
    this.#filter = { ...this.#filter, [field]: [value] };
    this.#parts.input.value = "";
    this.#typed(true);
  }

  #unfilter() {
    this.#filter = {};
    this.#parts.input.focus();
    this.#typed(true);
  }

  /** Tells the page that an article was chosen; false where the page takes it from here. */
  #leave(article, event, position, from, more) {
    this.#remember();
    this.#link("replaceState");
    const detail = { kind: "article", article, query: this.#text.trim(), position, from, ...more };
    const goes = this.#tell("select", { ...detail, href: this.#address(article, more) });
    if (!goes) event?.preventDefault();
    return goes;
  }

  #visit(address, event) {
    if (event?.ctrlKey || event?.metaKey) open(address, "_blank", "noopener");
    else location.assign(address);
  }

  #tell(name, detail) {
    return this.dispatchEvent(
      new CustomEvent(`hub-search:${name}`, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }

  #clear() {
    this.#filter = {};
    this.#parts.input.value = this.#text = "";
    this.#cursors = [null];
    clearTimeout(this.#timer);
    this.#link("replaceState");
    this.#rest();
    this.#parts.input.focus();
  }

  #show() {
    if (this.#open) return;
    this.#open = true;
    this.#render();
    setTimeout(() => this.#open && this.#resting && this.#offer().then(() => this.#render()), SLOW);
  }

  #close() {
    if (!this.#open) return;
    this.#open = false;
    this.#activate(-1);
    this.#render();
  }

  // -- asking --------------------------------------------------------------------------------

  #stop() {
    this.#asking += 1;
    this.#controller?.abort();
    this.#wait(false);
  }

  /** Shows that an answer is waited for, once that takes longer than SLOW. */
  #wait(begins) {
    clearTimeout(this.#slow);
    if (begins) {
      this.#slow = setTimeout(() => {
        this.#waiting = true;
        this.#parts.ground.classList.add("busy");
        this.#said(this.#word("searching"));
        this.#render();
      }, SLOW);
    } else if (this.#waiting) {
      this.#waiting = false;
      this.#parts.ground.classList.remove("busy");
    }
  }

  get #variables() {
    const filter = {};
    for (const [field, name] of Object.entries(FILTERS)) {
      const values = this.#filter[field] ?? [];
      if (values.length) filter[name] = field === "IMAGE" ? values[0] === "true" : [...values].sort();
    }
    const text = this.#text.replace(/\s+/g, " ").trimStart().normalize();
    const asked = { q: this.#committed ? text.trim() : text };
    if (Object.keys(filter).length) asked.f = filter;
    const own = (name, value) => String(value) === String(USUAL[name]) || (asked[name] = value);
    own("n", this.#number("page-size", USUAL.n, 1, 50));
    own("x", this.#facetFields.length ? this.#facetFields : ["TOPIC"]);
    if (!this.#committed) own("s", this.#number("suggestions", USUAL.s, 1, 20));
    if (this.#operation !== "Type") own("d", this.#talk || 1);
    if (this.#committed && this.#cursors.at(-1)) asked.a = this.#cursors.at(-1);
    return asked;
  }
  get #operation() {
    if (this.#committed) return "Find";
    return this.#talk && this.#text.trim().length >= TALK ? "Talk" : "Type";
  }
  get #talk() {
    return this.#number("discussion", USUAL.d, 0, 10);
  }
  get #facetFields() {
    return (this.getAttribute("facets") ?? USUAL.x).toUpperCase().match(/[A-Z]+/g) ?? [];
  }

  /** Asks for what is wanted now, in place of what was asked before. */
  async #ask() {
    this.#stop();
    const asking = this.#asking;
    const variables = this.#variables;
    const asked = { documentId: DOCUMENT_ID, operationName: this.#operation, variables: JSON.stringify(variables) };
    const address = `${this.#endpoint}graphql?${new URLSearchParams(asked)}`;
    const known = this.#known.get(address);
    if (known) return this.#take(known, variables);
    this.#wait(true);
    this.#parts.body.setAttribute("aria-busy", "true");
    try {
      const answer = await this.#fetch(address);
      if (asking !== this.#asking) return;
      this.#known.set(address, answer);
      if (this.#known.size > KEPT) this.#known.delete(this.#known.keys().next().value);
      this.#take(answer, variables);
    } catch (error) {
      if (asking !== this.#asking) return;
      this.#wait(false);
      this.#trouble = error instanceof Trouble ? error.message : "broken";
      this.#open = true;
      this.#tell("error", { reason: this.#trouble, query: variables.q });
      this.#render();
    } finally {
      if (asking === this.#asking) this.#parts.body.removeAttribute("aria-busy");
    }
  }

  async #fetch(address, field = "search") {
    const controller = (this.#controller = new AbortController());
    let late = false;
    const timer = setTimeout(() => controller.abort((late = true)), SECONDS * 1000);
    try {
      const get = async (from) => {
        const how = { headers: { accept: "application/json" }, credentials: "omit", signal: controller.signal };
        return (await fetch(from, how)).json();
      };
      let { data, errors } = await get(address);
      // A hub of another version does not know the document yet.
      if (errors?.[0].extensions?.code === "PERSISTED_QUERY_NOT_FOUND")
        ({ data, errors } = await get(`${address}&${new URLSearchParams({ query: DOCUMENT })}`));
      if (!data?.[field]) throw new Trouble(errors?.[0].extensions?.code === "RATE_LIMITED" ? "busy" : "broken");
      return data;
    } catch (error) {
      if (error instanceof Trouble || (error.name === "AbortError" && !late)) throw error;
      if (late) throw new Trouble("slow");
      if (error instanceof SyntaxError) throw new Trouble("broken");
      if (!navigator.onLine) throw new Trouble("offline");
      console.warn(`hub-search: no answer from ${this.#endpoint}. Is ${location.origin} in HUB_CORS_ORIGINS?`);
      throw new Trouble("unreachable");
    } finally {
      clearTimeout(timer);
    }
  }

  #take(data, { q, f }) {
    this.#wait(false);
    const { totalCount, tookMs, edges, redirect } = data.search;
    if (this.#committed > 1 && safe(redirect) && this.#tell("redirect", { redirect })) return location.assign(redirect);
    this.#committed &&= true;
    this.#trouble = null;
    this.#answer = { ...data.search, suggest: data.suggest, said: data.said?.edges ?? [], q, filter: f };
    this.#render();
    this.#tell("results", { query: q, totalCount, tookMs, hits: edges.map((edge) => edge.node) });
  }

  #turn(cursor) {
    if (cursor) this.#cursors = [...this.#cursors, cursor];
    else this.#cursors = this.#cursors.slice(0, -1);
    this.#asked = "head";
    this.#ask();
  }
  #asked = null; // where the focus goes once the answer is shown

  // -- deep links and recent searches --------------------------------------------------------

  #key(field) {
    return this.#param === "q" ? field.toLowerCase() : `${this.#param}-${field.toLowerCase()}`;
  }

  #link(how) {
    if (!this.#param) return;
    const url = new URL(location.href);
    const before = url.href;
    url.searchParams.delete(this.#param);
    if (this.#text.trim()) url.searchParams.set(this.#param, this.#text.trim());
    for (const field of FIELDS) {
      url.searchParams.delete(this.#key(field));
      for (const value of this.#filter[field] ?? []) url.searchParams.append(this.#key(field), value);
    }
    if (url.href !== before) history[how](history.state, "", url);
  }

  #restore() {
    if (!this.#param) return;
    const asked = new URLSearchParams(location.search);
    const text = asked.get(this.#param) ?? "";
    const filter = {};
    for (const field of FIELDS) {
      const values = asked.getAll(this.#key(field)).filter((one) => FORMS[field]?.test(one) ?? true);
      if (values.length && asked.has(this.#param)) filter[field] = values;
    }
    if (text === this.#text && JSON.stringify(filter) === JSON.stringify(this.#filter)) return;
    this.#parts.input.value = this.#text = text;
    this.#filter = filter;
    this.#cursors = [null];
    this.#open = this.#wanted && !this.#inline;
    this.#committed = true;
    if (this.#wanted) this.#ask();
    else this.#rest();
  }

  /** Storage may be forbidden: then nothing is kept. */
  #stored(act) {
    try {
      return act(localStorage, `hub-search:${this.#endpoint}`);
    } catch {
      return null;
    }
  }
  /** What is kept under a name: "" for recent searches, "favourites" for searches and articles. */
  #kept(name, most = this.#most) {
    const kept = this.#stored((store, key) => JSON.parse(store.getItem(key + name)));
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string" || (name && one?.id)).slice(0, most) : [];
  }
  #keep(name, kept) {
    this.#stored((store, key) => (kept.length ? store.setItem(key + name, JSON.stringify(kept)) : store.removeItem(key + name)));
    if (this.#resting) this.#render();
  }
  get #most() {
    return this.#number("recent", 6, 0, 20);
  }
  #remember() {
    const text = this.#text.trim();
    if (!text || !this.#most) return;
    const same = text.toLowerCase();
    const kept = [text, ...this.#kept("").filter((one) => one.toLowerCase() !== same)].slice(0, this.#most);
    this.#stored((store, key) => store.setItem(key, JSON.stringify(kept)));
  }
  /** A search is a favourite by its text, an article by its id. */
  #favour(one) {
    const same = (other) => (other.id ?? other) === (one.id ?? one);
    const kept = this.#kept(":favourites", FAVOURITES);
    const others = kept.filter((other) => !same(other));
    this.#keep(":favourites", others.length < kept.length ? others : [one, ...kept].slice(0, FAVOURITES));
  }
  #isFavourite(one) {
    return this.#kept(":favourites", FAVOURITES).some((other) => (other.id ?? other) === (one.id ?? one));
  }
  #forget() {
    this.#parts.input.focus();
    this.#keep("", []);
  }

  // -- showing -------------------------------------------------------------------------------

  get #listed() {
    return !this.#parts.list.hidden;
  }

  #render() {
    const { panel, list, input, clear, notice, body } = this.#parts;
    const inline = this.#inline;
    clear.hidden = !this.#text && !this.#narrowed;
    this.#renderOptions();
    this.#renderTrouble();
    const showing = (inline || this.#open) && !this.#trouble;
    this.#renderBody(showing && this.#answer, showing && this.#waiting);
    panel.className = inline ? "panel inline" : this.#modal ? "panel" : "panel over";
    list.className = inline ? "list over panel" : "list";
    if (!inline && !list.hidden && !this.#parts.body.hidden) panel.classList.add("wide");
    const empty = list.hidden && this.#parts.body.hidden && notice.hidden;
    panel.hidden = inline ? false : !this.#open || empty;
    this.#float(panel, !inline && !this.#modal);
    this.#float(list, inline);
    const groups = [...this.#parts.body.querySelectorAll(":is(ol,ul)[role=group]")].map(({ id }) => id);
    if (groups.length) this.#parts.options.setAttribute("aria-owns", groups.join(" "));
    else this.#parts.options.removeAttribute("aria-owns");
    if (body !== this.#parts.body || this.#active >= 0) this.#activate(this.#active);
    input.setAttribute("aria-expanded", String(this.#open && (!list.hidden || (!inline && !panel.hidden))));
  }

  /** Moves an element to the top layer. */
  #float(element, floats) {
    if (!element.showPopover || !element.isConnected) return;
    if (!floats) return element.removeAttribute("popover");
    element.popover = "manual";
    if (element.hidden === element.matches(":popover-open")) element.togglePopover(!element.hidden);
    this.#position();
  }

  /** Puts what floats below the box, or above it where there is more room. */
  #position() {
    const floating = this.#parts.ground.querySelector("[popover]");
    if (!floating?.matches(":popover-open")) return;
    const field = this.#parts.form.getBoundingClientRect();
    const { clientWidth } = document.documentElement;
    const height = visualViewport?.height ?? innerHeight;
    const width = Math.max(field.width, Math.min(WIDTH, clientWidth - 16));
    const start = getComputedStyle(this).direction === "rtl" ? field.right - width : field.left;
    const [below, above] = [height - field.bottom - 16, field.top - 16];
    const up = below < 240 && above > below;
    Object.assign(floating.style, {
      width: `${width}px`,
      left: `${Math.max(Math.min(8, field.left), Math.min(start, clientWidth - width - 8))}px`,
      top: up ? "auto" : `${field.bottom + 5}px`,
      bottom: up ? `${innerHeight - field.top + 5}px` : "auto",
      maxHeight: `${Math.max(240, up ? above : below)}px`,
    });
  }

  get #resting() {
    return !this.#text.trim() && !this.#narrowed;
  }

  /** What the list shows, by the name of its group. */
  #groups() {
    const groups = {};
    const add = (name, one) => (groups[name] ??= []).push(one);
    const query = (text) => ({ kind: "QUERY", text });
    if (this.#resting && this.#most) {
      for (const text of this.#kept("")) add("recent", { ...query(text), recent: true });
      for (const one of this.#kept(":favourites", FAVOURITES)) {
        add("favourites", one.id ? { kind: "ARTICLE", text: one.title, article: one, favourite: one } : { ...query(one), favourite: one });
      }
    }
    if (this.#resting) for (const one of this.#offered?.suggest ?? []) add("popular", one);
    else if (!this.#committed && !this.#trouble) for (const one of this.#answer?.suggest ?? []) add(GROUPS[one.kind], one);
    return groups;
  }

  #renderOptions() {
    const { list, options, top, head } = this.#parts;
    const source = this.#resting ? this.#offered : this.#committed || this.#trouble ? "" : this.#answer;
    const shown = [this.#resting, source];
    if (this.#resting || !this.#options || shown.some((one, at) => one !== this.#options[at])) {
      this.#options = shown;
      let at = 0;
      const groups = Object.entries(this.#groups()).map(([name, found]) =>
        make("div", { role: "group", "aria-labelledby": name === "recent" ? "head" : `g-${name}` },
          name === "recent" ? null : make("div", { id: `g-${name}`, role: "presentation", class: "heading", part: "heading" }, this.#word(name)),
          ...found.map((one) => this.#option(one, at++))));
      options.replaceChildren(...groups);
      this.#activate(this.#resting ? this.#active : -1);
    }
    head.textContent = this.#word("recent");
    options.setAttribute("aria-label", this.#word("suggestions"));
    top.hidden = !options.querySelector("[aria-labelledby=head]");
    list.hidden = !this.#open || !options.childElementCount;
  }

  /** An option of the list; an article is a link, which the browser opens in other tabs too. */
  #option(suggestion, at) {
    const { kind, text, highlighted, count, article, recent, favourite } = suggestion;
    const label = kind === "TOPIC" || kind === "AUTHOR";
    const name = make("span", { dir: "auto", lang: article?.language }, highlighted ? marked(highlighted) : text);
    const acts = make("span", { class: "kind", part: label ? "kind" : null }, label ? count.toLocaleString(this.#language) : "");
    const option = make(article ? "a" : "div", { id: `o${at}`, role: "option", part: "option", "aria-selected": "false" }, name, acts);
    if (article) {
      option.tabIndex = -1;
      this.#makeLink(option, article, at, "suggestion");
    } else option.onclick = option.choose = () => this.#choose(suggestion, at);
    if (recent) this.#addStar(option, acts, text, text);
    if (recent) this.#addAct(option, acts, "×", "Delete", "forget-one", this.#word("remove", { q: text }), () => this.#keep("", this.#kept("").filter((one) => one !== text)));
    if (favourite) this.#addAct(option, acts, "×", "Delete", "forget-one", this.#word("unfavour", { q: text }), () => this.#favour(favourite));
    return option;
  }

  /** A thing that can be done with an option, by a click or by a key while the option is active. */
  #addAct(option, place, sign, key, part, title, act) {
    option[key] = (event) => {
      event.stopPropagation();
      event.preventDefault();
      if (key === "Delete") this.#activate(-1);
      act();
    };
    option.setAttribute("aria-keyshortcuts", `${option.getAttribute("aria-keyshortcuts") ?? ""} ${key}`.trim());
    place.append(make("span", { class: "act", part, title, "aria-hidden": "true", ".onclick": (event) => option[key](event) }, sign));
  }

  #addStar(option, place, one, text) {
    if (!this.#most) return;
    const on = this.#isFavourite(one);
    const star = () => {
      this.#favour(one);
      const sign = place.querySelector("[part=favourite]");
      if (sign) sign.textContent = this.#isFavourite(one) ? "★" : "☆";
    };
    this.#addAct(option, place, on ? "★" : "☆", "*", "favourite", this.#word(on ? "unfavour" : "favour", { q: text }), star);
  }

  /** Leads a link to an article, and lets Enter follow it while it is active. */
  #makeLink(link, article, position, from, more) {
    link.href = this.#address(article, more);
    link.addEventListener("click", (event) => this.#leave(article, event, position, from, more));
    link.choose = (event) => this.#leave(article, event, position, from, more) && this.#visit(link.href, event);
    return link;
  }

  #renderTrouble() {
    const { notice } = this.#parts;
    notice.hidden = !this.#trouble;
    if (!this.#trouble) return notice.replaceChildren();
    notice.replaceChildren(
      make("span", {}, this.#word(this.#trouble)), " ",
      make("button", { type: "button", class: "link", part: "retry", ".onclick": () => {
        this.#parts.input.focus();
        this.#ask();
      } }, this.#word("retry")),
    );
  }

  #said(text) {
    const shown = this.#parts.body.querySelector(".status .count");
    if (shown) shown.textContent = text;
    if (this.#parts.told.textContent !== text) this.#parts.told.textContent = text;
  }

  /** The results, made anew for each answer. */
  #renderBody(showing, waiting) {
    const { body } = this.#parts;
    if (waiting && !this.#answer) return this.#renderSkeleton();
    if (!showing || body.answer === this.#answer) {
      body.hidden = !showing;
      if (!this.#answer) this.#said("");
      return;
    }
    const answer = this.#answer;
    const held = this.#root.activeElement;
    const key = this.#asked ?? (body.contains(held) ? held.dataset.key : null);
    const made = make("div", { class: "body", part: "body", ".answer": answer },
      this.#status(answer), this.#facets(answer), this.#results(answer), this.#pager(answer),
      this.#discussion(answer), this.#related(answer));
    body.replaceWith(made);
    this.#parts.body = made;
    this.#said(made.querySelector(".count").textContent);
    this.#asked = null;
    if (key) {
      const target = made.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? this.#parts.input;
      target.focus({ preventScroll: true });
      if (key === "head") made.scrollIntoView({ block: "nearest" });
    }
  }

  /** Grey lines where results will be. */
  #renderSkeleton() {
    const bones = Array.from({ length: 6 }, () => make("div", { class: "bone" }));
    const made = make("div", { class: "body", part: "body skeleton", "aria-busy": "true", "aria-hidden": "true" }, ...bones);
    this.#parts.body.replaceWith(made);
    this.#parts.body = made;
  }

  #status({ totalCount, totalIsExact, didYouMean, q, edges, banners }) {
    const page = this.#cursors.length;
    const values = { q: q.trim(), n: totalCount.toLocaleString(this.#language) };
    let said = totalIsExact || !totalCount ? this.#counted("count", totalCount, values) : this.#word("about", values);
    if (page > 1) said += `, ${this.#word("page", { n: page })}`;
    const better = didYouMean && make("button", { type: "button", class: "link", part: "did-you-mean", dir: "auto", ".onclick": () => {
      this.#parts.input.value = didYouMean;
      this.#parts.input.focus();
      this.#typed(true);
    } }, didYouMean);
    return make("div", {},
      make("h2", { class: "away", tabindex: -1, "data-key": "head" }, this.#word("results")),
      make("p", { class: "status", part: "status" }, make("span", { class: "count" }, said),
        ...(better ? [" ", this.#word("did-you-mean"), " ", better, "?"] : [])),
      ...banners.map(({ title, text, url }) => make("p", { part: "banner" }, make("a", { href: safe(url) }, title), " ", text)),
      ...(edges.length ? [] : [make("slot", { name: "empty" }), this.#wayOut(better)]));
  }

  /** What to do where nothing was found: drop the filters, or look at a topic. */
  #wayOut(better) {
    if (this.#narrowed) {
      return make("button", { type: "button", class: "link", part: "unfilter", ".onclick": () => this.#unfilter() }, this.#word("unfilter"));
    }
    const place = make("p", { class: "facets", part: "topics" });
    if (!better) void this.#fill(place);
    return place;
  }

  /** Asks, once, for what is offered where nothing is typed, or nothing is found. */
  async #offer() {
    const asked = new URLSearchParams({ documentId: DOCUMENT_ID, operationName: "Rest" });
    this.#offering ??= this.#fetch(`${this.#endpoint}graphql?${asked}`, "topics").catch(() => (this.#offering = null));
    this.#offered = await this.#offering;
  }

  async #fill(place) {
    await this.#offer();
    const add = (name, texts) => {
      if (texts.length) place.append(make("span", { class: "meta" }, this.#word(name)), ...texts.map(([text, act]) =>
        make("button", { type: "button", part: "chip", dir: "auto", ".onclick": () => {
          this.#parts.input.focus();
          act();
        } }, text)));
    };
    const { topics, suggest } = this.#offered ?? { topics: { nodes: [] } };
    add("topics", topics.nodes.map(({ name, slug }) => [name, () => this.#narrow("TOPIC", slug, name)]));
    add("popular", (suggest ?? []).map(({ text }) => [text, () => this.#choose({ kind: "QUERY", text }, 0)]));
  }

  #facets({ facets = [] }) {
    const shown = (this.#facetFields.length ? facets : []).map(({ field, buckets }) =>
      [field, buckets.filter((one) => one.selected || buckets.length > 1)]);
    const isShown = (field, value) => shown.some(([name, buckets]) => name === field && buckets.some((one) => one.value === value));
    const others = Object.entries(this.#filter).map(([field, values]) => [field, values
      .filter((value) => !isShown(field, value))
      .map((value) => ({ value, label: this.#names[`${field}:${value}`] ?? value, count: null }))]);
    const chips = [...others, ...shown].flatMap(([field, buckets]) => buckets.map((bucket) => this.#chip(field, bucket)));
    chips.sort((one, other) => (other.ariaPressed === "true") - (one.ariaPressed === "true"));
    return chips.length ? make("div", { class: "facets", part: "facets", role: "group", "aria-label": this.#word("filters") }, ...chips) : null;
  }

  #chip(field, { value, label, count }) {
    const chosen = this.#filter[field] ?? [];
    const pressed = chosen.includes(value);
    if (field === "MONTH") label = new Date(value).toLocaleDateString(this.#language, { month: "long", year: "numeric", timeZone: "UTC" });
    label = this.#word(`${field}-${value}`.toLowerCase()) || label;
    return make("button", {
      ...{ type: "button", part: pressed ? "chip chip-selected" : "chip", dir: "auto", "aria-pressed": String(pressed) },
      ...{ title: this.#word(field.toLowerCase()), "data-key": `${field}:${value}` },
      ".onclick": () => {
        const others = FORMS[field] ? [] : chosen.filter((one) => one !== value);
        this.#filter = { ...this.#filter, [field]: pressed ? chosen.filter((one) => one !== value) : [...others, value] };
        this.#cursors = [null];
        this.#link("pushState");
        if (this.#wanted) this.#ask();
        else this.#clear();
      },
    }, count === null ? label : `${label} ${count.toLocaleString(this.#language)}`);
  }

  #results({ edges }) {
    const template = this.querySelector('template[data-for="result"]');
    const inPage = this.#inline;
    const before = (this.#cursors.length - 1) * this.#number("page-size", USUAL.n, 1, 50);
    const items = edges.map((edge, at) => {
      const fields = this.#fields(edge);
      const item = make("li", { part: "result", lang: edge.node.language, dir: "auto", role: inPage ? null : "presentation" },
        template ? this.#filled(template, fields) : this.#usual(fields));
      const links = [...item.querySelectorAll("a[data-link]")];
      const { heading } = edge.paragraph ?? {};
      for (const link of links) this.#makeLink(link, edge.node, before + at, "result");
      if (!links.length) return item;
      if (!inPage) this.#makeOption(links[0], `r${at}`);
      const meta = item.querySelector(".meta");
      if (!meta) return item;
      const { id, slug, title, language, url, storyPath } = edge.node;
      if (!inPage) this.#addStar(links[0], meta, { id, slug, title, language, url, storyPath }, title);
      if (heading) {
        const link = this.#makeLink(make("a", { class: "section", part: "section" }, heading.text), edge.node, before + at, "section", { heading });
        meta.before(inPage ? link : this.#makeOption(link, `s${at}`));
      }
      return item;
    });
    const isGroup = !inPage && items.length > 0;
    return make("ol", { part: "results", id: isGroup ? "found" : null, role: isGroup ? "group" : null, "aria-label": this.#word("results") }, ...items);
  }

  /** Lets the arrow keys reach a link of the results. */
  #makeOption(link, id) {
    for (const [name, value] of Object.entries({ id, role: "option", "aria-selected": "false" })) link.setAttribute(name, value);
    return link;
  }

  /** What a result is shown by: for each name the text, or nodes with marks. */
  #fields({ node, highlights }) {
    const piece = (...names) => highlights.find(({ field }) => names.includes(field))?.fragments[0];
    const title = piece("title");
    const text = piece("body", "summary") ?? null;
    const date = node.publishedAt ? new Date(node.publishedAt) : null;
    return {
      title: title ? marked(title) : node.title,
      text: text ? marked(text) : node.summary,
      summary: node.summary,
      date: date ? new Intl.DateTimeFormat(this.#language, { dateStyle: "medium" }).format(date) : "",
      topics: node.topics.map((topic) => topic.name).join(", "),
      authors: node.authors.map((author) => author.name).join(", "),
      comments: node.commentCount ? this.#counted("comments", node.commentCount) : "",
      image: node.image,
    };
  }

  #usual({ title, text, date, topics, comments, image }) {
    const source = this.getAttribute("pictures") === "none" ? null : safe(image?.url, this.#endpoint);
    const picture = source && make("img", { class: "picture", part: "picture", src: source, alt: "", loading: "lazy", ".onerror": () => picture.remove() });
    return make("div", { class: picture ? "with-picture" : null }, picture,
      make("a", { class: "title", part: "title", "data-link": "" }, title),
      text ? make("p", { class: "text", part: "text" }, text) : null,
      make("p", { class: "meta", part: "meta" },
        ...[date, topics, comments].filter(Boolean).map((one) => make("span", { dir: "auto" }, one))));
  }

  /** A result by the page's own template. */
  #filled(template, fields) {
    const made = template.content.cloneNode(true);
    for (const place of made.querySelectorAll("[data-field]")) {
      const value = fields[place.dataset.field];
      if (!value) place.remove();
      else if (place.localName === "img") {
        place.src = safe(value.url, this.#endpoint) ?? "";
        place.alt = value.alt ?? "";
      } else place.replaceChildren(value);
    }
    return made;
  }

  #pager({ pageInfo }) {
    const { hasNextPage, endCursor } = pageInfo;
    const button = (name, cursor) =>
      make("button", { type: "button", part: `page-${name}`, ".onclick": () => this.#turn(cursor) }, this.#word(name));
    const buttons = [
      ...(this.#cursors.length > 1 ? [button("previous", null)] : []),
      ...(hasNextPage && endCursor ? [button("next", endCursor)] : []),
    ];
    return buttons.length ? make("nav", { part: "pages", "aria-label": this.#word("pages") }, ...buttons) : null;
  }

  /** What readers say, on the first page alone. */
  #discussion({ said }) {
    if (!said.length || !this.#talk || this.#cursors.length > 1) return null;
    return this.#section("discussion", this.#word("discussion"), said, ({ highlights, comment, node }, at) => [node,
      make("q", { part: "quote" }, marked(highlights[0]?.fragments[0] ?? "…")),
      this.#makeLink(make("a", { class: "meta" }, this.#word("said", { author: comment.authorName, title: node.title })), node, at, "discussion", { comment }),
    ]);
  }

  #related({ edges, related }) {
    const here = new Set(edges.map((edge) => edge.node.id));
    const nodes = this.#cursors.length === 1 ? related?.nodes ?? [] : [];
    const others = nodes.filter(({ id }) => !here.has(id) && here.add(id));
    if (!others.length) return null;
    return this.#section("related", this.#word("related", { title: edges[0].node.title }), others, (node, at) => [node,
      this.#makeLink(make("a", {}, node.title), node, at, "related")]);
  }

  /** Links below a heading, which the arrows reach where the results float. */
  #section(name, title, found, show) {
    const inPage = this.#inline;
    const items = found.map((one, at) => {
      const [node, ...shown] = show(one, at);
      if (!inPage) this.#makeOption(shown.at(-1), `${name}-${at}`);
      return make("li", { lang: node.language, dir: "auto", role: inPage ? null : "presentation" }, ...shown);
    });
    return make("section", { part: name, "aria-labelledby": name },
      make("h2", { id: name }, title),
      make("ul", { id: `${name}-list`, role: inPage ? null : "group", "aria-labelledby": name }, ...items));
  }
}

if (!customElements.get("hub-search")) customElements.define("hub-search", HubSearch);
