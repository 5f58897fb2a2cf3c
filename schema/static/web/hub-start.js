// The hub's start page: its newest articles, and stories with what surrounds them.
//
// It asks the public GraphQL API and nothing else, as any front end can. Markup that is shown as
// such comes from `body`, which the hub has sanitised; the page's policy allows no inline script.

const HERE = new URL(".", import.meta.url).href;
const KINDS = {
  INLINE: "linked in the text",
  MORE_TOPICS: "more topics",
  MORE_TO_READ: "more to read",
  PINNED: "chosen by an editor",
  TOPIC: "the same topics",
  SIMILAR: "similar words",
};
const VOICES = 4;

const NEWEST = /* GraphQL */ `query Newest($after: String) {
  site { articleCount commentCount }
  articles(first: 13, after: $after) {
    nodes {
      slug language title summary publishedAt commentCount image { url alt } authors { name } topics { name slug }
      comments(first: 1, sort: NEWEST) { nodes { authorName body(format: TEXT) publishedAt } }
    }
    pageInfo { hasNextPage endCursor }
  }
  lead: articles(first: 1) { nodes { related(first: 4) { nodes { id slug language title } } } }
  topics(first: 40, rootsOnly: true) { nodes { name slug } }
}`;

const STORY = /* GraphQL */ `query Story($slug: String!, $language: String) {
  article(slug: $slug, language: $language) {
    id slug language title summary publishedAt canonicalUrl url commentsOpen commentCount
    body(format: HTML) image { url alt }
    authors { name slug } topics { name slug }
    translations { slug language title }
    related(first: 8) { edges { kind node { id slug language title } } }
    relatedBy(first: 6) { edges { kind node { id slug language title } } }
    links: related(first: 100, kinds: [INLINE]) { edges { anchor node { slug language } } }
    comments(first: 50, sort: OLDEST) { nodes { ...Said replies(first: 20) { nodes { ...Said replies(first: 5) { nodes { ...Said } } } } } }
  }
}
fragment Said on Comment { id authorName body publishedAt }`;

const COMMENT = /* GraphQL */ `mutation Say($input: SubmitCommentInput!) {
  submitComment(input: $input) {
    ... on SubmitCommentPayload { status }
    ... on Problem { message }
    ... on Invalid { path }
  }
}`;

const main = document.getElementById("content");
const language = document.documentElement.lang;

/** An element, of SVG where `space` says so, with its attributes and children; empty ones are left out. */
function make(tag, attributes = {}, ...children) {
  const made = attributes.space === "svg" ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && name !== "space") made.setAttribute(name, value);
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
}

async function ask(query, variables) {
  const address = `${HERE}graphql?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`;
  return answered(await fetch(address, { headers: { accept: "application/json" } }));
}
async function change(query, variables) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  return answered(await fetch(`${HERE}graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) }));
}
async function answered(response) {
  const { data, errors } = await response.json();
  if (errors?.length) throw new Error(errors[0].message);
  return data;
}

const day = (moment) => new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(moment));
const when = (moment) => (moment ? make("time", { datetime: moment }, day(moment)) : "");
const story = ({ slug, language: tongue }) => `?${new URLSearchParams({ article: slug, language: tongue })}`;
const count = (n, one, more = `${one}s`) => `${n.toLocaleString(language)} ${n === 1 ? one : more}`;
const names = (authors) => authors.map((one) => one.name).join(", ");
const picture = (image) => (image ? make("img", { src: image.url, alt: image.alt ?? "", loading: "lazy" }) : "");
const about = ({ slug }) => `?${new URLSearchParams({ q: "", topic: slug })}`;

/** Pieces of a line below a title, of which some may be missing. */
function meta(...pieces) {
  return make("p", { class: "meta" }, pieces.filter(Boolean).map((piece) => make("span", {}, piece)));
}

function chips(topics) {
  return topics.length ? make("p", { class: "chips" }, topics.map((topic) => make("a", { href: about(topic) }, topic.name))) : "";
}

// -- the newest articles -----------------------------------------------------------------------

function card(article) {
  return make("li", { lang: article.language, dir: "auto" }, told(article));
}

function told(article) {
  const { topics, title, summary, publishedAt, authors, commentCount } = article;
  return [
    picture(article.image),
    topics.length ? make("p", { class: "kicker" }, make("a", { href: about(topics[0]) }, topics[0].name)) : "",
    make("h2", {}, make("a", { href: story(article) }, title)),
    summary ? make("p", {}, summary) : "",
    meta(when(publishedAt), names(authors), commentCount ? count(commentCount, "comment") : "")];
}

/** The newest article, with what it leads to beside it. */
function lead(article, related) {
  const others = [...new Map(related.map((one) => [one.id, one])).values()];
  return make("li", { lang: article.language, dir: "auto" }, make("div", {}, told(article)),
    others.length ? make("nav", { "aria-labelledby": "leads" }, make("h3", { id: "leads", lang: "en" }, "It leads to"),
      make("ul", {}, others.map((one) => make("li", { lang: one.language, dir: "auto" }, make("a", { href: story(one) }, one.title))))) : "");
}

/** What readers have said last below these articles. */
function voices(articles) {
  const said = articles.flatMap((article) => article.comments.nodes.map((comment) => ({ ...comment, article })));
  const latest = said.sort((one, other) => other.publishedAt.localeCompare(one.publishedAt)).slice(0, VOICES);
  if (!latest.length) return "";
  return make("section", { class: "voices", "aria-labelledby": "voices" },
    make("h2", { id: "voices" }, "Readers say"),
    make("ul", {}, latest.map(({ authorName, body, article }) => make("li", { lang: article.language, dir: "auto" },
      make("blockquote", {}, body),
      make("p", { class: "meta" }, make("bdi", {}, authorName), " on ", make("a", { href: story(article) }, article.title))))));
}

async function front() {
  const { site, articles, topics, lead: first } = await ask(NEWEST, { after: null });
  const list = make("ul", { class: "cards" }, articles.nodes.map((article, at) =>
    at ? card(article) : lead(article, first.nodes[0]?.related.nodes ?? [])));
  const older = make("button", { type: "button", class: "more" }, "Older articles");
  let { pageInfo } = articles;
  older.hidden = !pageInfo.hasNextPage;
  older.onclick = async () => {
    const more = (await ask(NEWEST, { after: pageInfo.endCursor })).articles;
    const cards = more.nodes.map(card);
    list.append(...cards);
    cards[0]?.querySelector("h2 a").focus();
    pageInfo = more.pageInfo;
    older.hidden = !pageInfo.hasNextPage;
  };
  main.replaceChildren(
    make("div", { class: "bar" },
      meta(count(site.articleCount, "article"), count(site.commentCount, "comment")), chips(topics.nodes)),
    make("h1", { class: "away" }, "The newest articles"),
    articles.nodes.length ? list : make("p", {}, "There is nothing here yet: hub import brings articles in."),
    older,
    voices(articles.nodes));
}

// -- a story -----------------------------------------------------------------------------------

/** Each article once, by the first of its edges. */
function once(edges) {
  return [...new Map(edges.toReversed().map((edge) => [edge.node.id, edge])).values()].toReversed();
}

function neighbours(title, side, edges) {
  if (!edges.length) return "";
  return make("div", { class: side },
    make("h3", {}, title),
    make("ul", {}, edges.map(({ kind, node }) => make("li", { lang: node.language, dir: "auto" },
      make("a", { href: story(node), class: `kind-${kind.toLowerCase()}` }, node.title, make("small", { lang: "en" }, KINDS[kind]))))));
}

/** What leads to the story on one side, what it leads to on the other; lines are drawn once it stands. */
function graph(article) {
  const to = once(article.related.edges);
  const from = once(article.relatedBy.edges);
  if (!to.length && !from.length) return "";
  const lines = make("svg", { space: "svg", "aria-hidden": "true" });
  const here = make("p", { class: "here", "aria-hidden": "true" }, article.title);
  const drawn = make("div", { class: "graph" }, lines, neighbours("Linked from", "from", from), here, neighbours("Leads to", "to", to));
  new ResizeObserver(() => lines.replaceChildren(...curves(drawn, here))).observe(drawn);
  return make("section", { class: "around", "aria-labelledby": "around" },
    make("h2", { id: "around" }, "What surrounds it"), drawn);
}

/** A curve from the story to each neighbour, wherever the two stand. */
function curves(drawn, here) {
  const origin = drawn.getBoundingClientRect();
  const centre = here.getBoundingClientRect();
  return [...drawn.querySelectorAll("a")].map((link) => {
    const place = link.getBoundingClientRect();
    const before = place.left < centre.left;
    const x1 = (before ? centre.left : centre.right) - origin.left;
    const x2 = (before ? place.right : place.left) - origin.left;
    const y1 = centre.top + centre.height / 2 - origin.top;
    const y2 = place.top + place.height / 2 - origin.top;
    const made = make("path", { space: "svg", class: link.className, d: `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}` });
    link.onpointerenter = link.onfocus = () => made.classList.add("lit");
    link.onpointerleave = link.onblur = () => made.classList.remove("lit");
    return made;
  });
}

function written(html) {
  const made = make("div", { class: "text" });
  made.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  return made;
}

/** The body, whose links to other articles lead to their stories; one that leads nowhere is none. */
function text({ body, links, canonicalUrl }) {
  const made = written(body);
  const known = new Map(links.edges.map(({ anchor, node }) => [anchor, node]));
  const base = canonicalUrl ?? undefined;
  const whole = (address) => (URL.canParse(address, base) ? new URL(address, base).href : null);
  for (const link of made.querySelectorAll("a[href]")) {
    const target = known.get(link.textContent.trim().replace(/\s+/g, " "));
    const address = link.getAttribute("href");
    if (target) link.setAttribute("href", story(target));
    else if (address[0] === "#") continue;
    else if (whole(address)) link.href = whole(address);
    else link.replaceWith(...link.childNodes);
  }
  for (const image of made.querySelectorAll("img")) {
    const address = whole(image.getAttribute("src"));
    if (address) image.src = address;
    else image.remove();
  }
  return made;
}

function said({ authorName, body, publishedAt, replies }) {
  const below = replies?.nodes ?? [];
  return make("li", {},
    make("p", { class: "meta" }, make("b", {}, make("bdi", {}, authorName)), when(publishedAt)),
    written(body),
    below.length ? make("ol", {}, below.map(said)) : "");
}

function commentForm(article) {
  const told = make("p", { role: "status" });
  const name = make("input", { id: "name", name: "name", required: "", maxlength: 200, autocomplete: "name" });
  const words = make("textarea", { id: "words", name: "words", required: "", rows: 5, maxlength: 20000 });
  const send = make("button", { type: "submit" }, "Send");
  const form = make("form", { class: "comment" }, make("h3", {}, "Say something"),
    make("label", { for: "name" }, "Your name"), name, make("label", { for: "words" }, "Your comment"), words, send, told);
  form.onsubmit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const input = { articleId: article.id, authorName: name.value, body: words.value };
      const { submitComment: answer } = await change(COMMENT, { input });
      told.textContent = answer.status
        ? "Thank you. Your comment appears once it has been looked at."
        : `This could not be sent: ${answer.path?.at(-1) ?? ""} ${answer.message}`;
      if (answer.status) form.reset();
    } catch {
      told.textContent = "This could not be sent at the moment. Nothing is lost: please try again.";
    }
    send.disabled = false;
  };
  return form;
}

async function tell(slug, tongue) {
  const { article } = await ask(STORY, { slug, language: tongue });
  if (!article) return main.replaceChildren(make("h1", {}, "There is no such article"), make("p", {}, make("a", { href: "./" }, "To the newest articles")));
  const elsewhere = article.url ?? article.canonicalUrl;
  const feed = `atom.xml?${new URLSearchParams({ article: article.slug, language: article.language })}`;
  main.replaceChildren(
    make("article", { lang: article.language, dir: "auto" },
      make("header", {},
        chips(article.topics),
        make("h1", {}, article.title),
        article.summary ? make("p", { class: "summary" }, article.summary) : "",
        meta(names(article.authors), when(article.publishedAt), article.commentCount ? make("a", { href: "#said" }, count(article.commentCount, "comment")) : "")),
      picture(article.image),
      text(article)),
    article.translations.length ? make("p", { class: "meta" }, make("span", {}, "Also in"), article.translations.map((one) =>
      make("a", { href: story(one), lang: one.language, hreflang: one.language }, one.title))) : "",
    elsewhere ? make("p", {}, make("a", { href: elsewhere }, "Read it where it was published")) : "",
    graph(article),
    make("section", { class: "said", "aria-labelledby": "said" },
      make("h2", { id: "said" }, article.commentCount ? count(article.commentCount, "comment") : "No comments yet"),
      make("ol", { class: "comments" }, article.comments.nodes.map(said)),
      article.commentCount ? meta(make("a", { href: feed }, "Follow the discussion (Atom)")) : "",
      article.commentsOpen ? commentForm(article) : make("p", { class: "meta" }, "Comments are closed.")));
}

async function show() {
  const asked = new URLSearchParams(location.search);
  try {
    if (asked.get("article")) await tell(asked.get("article"), asked.get("language"));
    else await front();
  } catch {
    const again = make("button", { type: "button" }, "Try again");
    again.onclick = show;
    main.replaceChildren(make("p", { role: "alert" }, "The hub does not answer at the moment. ", again));
  }
  main.removeAttribute("aria-busy");
}

await show();
