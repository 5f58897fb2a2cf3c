// The hub's start page: its newest articles, and stories with what surrounds them.
//
// It asks the public GraphQL API and nothing else, as any front end can. Markup that is shown as
// such comes from `body`, which the hub has sanitised; the page's policy allows no inline script.

const HERE = new URL(".", import.meta.url).href;
const SVG = "http://www.w3.org/2000/svg";
const KINDS = {
  INLINE: "linked in the text",
  MORE_TOPICS: "more topics",
  MORE_TO_READ: "more to read",
  PINNED: "chosen by an editor",
  TOPIC: "the same topics",
  SIMILAR: "similar words",
};

const NEWEST = /* GraphQL */ `query Newest($after: String) {
  site { name articleCount commentCount }
  articles(first: 12, after: $after) {
    nodes { slug language title summary publishedAt commentCount authors { name } topics { name slug } }
    pageInfo { hasNextPage endCursor }
  }
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

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  return filled(made, attributes, children);
}
function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}
function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
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

const day = (moment) => moment && new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(moment));
const when = (moment) => (moment ? make("time", { datetime: moment }, day(moment)) : "");
const story = ({ slug, language: tongue }) => `?${new URLSearchParams({ article: slug, language: tongue })}`;
const count = (n, one, more = `${one}s`) => `${n.toLocaleString(language)} ${n === 1 ? one : more}`;
const byline = (authors) => (authors.length ? `By ${authors.map((one) => one.name).join(", ")}` : "");

function chips(topics) {
  if (!topics.length) return "";
  return make("p", { class: "chips" }, topics.map(({ name, slug }) =>
    make("a", { href: `?${new URLSearchParams({ q: "", topic: slug })}` }, name)));
}

// -- the newest articles -----------------------------------------------------------------------

function card(article) {
  const meta = [byline(article.authors), article.commentCount ? count(article.commentCount, "comment") : ""];
  return make("li", { lang: article.language, dir: "auto" },
    make("h2", {}, make("a", { href: story(article) }, article.title)),
    make("p", {}, article.summary),
    make("p", { class: "meta" }, when(article.publishedAt), ["", ...meta.filter(Boolean)].join(" · ")));
}

async function front() {
  const { site, articles, topics } = await ask(NEWEST, { after: null });
  const list = make("ul", { class: "cards" }, articles.nodes.map(card));
  const older = make("button", { type: "button" }, "Older articles");
  let { pageInfo } = articles;
  older.hidden = !pageInfo.hasNextPage;
  older.onclick = async () => {
    const more = (await ask(NEWEST, { after: pageInfo.endCursor })).articles;
    const cards = more.nodes.map(card);
    list.append(...cards);
    cards[0]?.querySelector("a").focus();
    pageInfo = more.pageInfo;
    older.hidden = !pageInfo.hasNextPage;
  };
  const told = `${count(site.articleCount, "article")}, ${count(site.commentCount, "comment")}`;
  main.replaceChildren(
    make("p", { class: "meta" }, told),
    chips(topics.nodes),
    make("h1", {}, "The newest"),
    articles.nodes.length ? list : make("p", {}, "There is nothing here yet: hub import brings articles in."),
    older);
}

// -- a story -----------------------------------------------------------------------------------

/** A title on lines of some 26 characters, three at most. */
function lines(title) {
  const found = [""];
  for (const word of title.split(/\s+/)) {
    if (found.at(-1) && (found.at(-1) + word).length > 26) found.push(word);
    else found[found.length - 1] += `${found.at(-1) ? " " : ""}${word}`;
  }
  if (found.length > 3) return [...found.slice(0, 2), `${found[2]} …`];
  return found;
}

function spot({ kind, node }, x, y, start) {
  const text = draw("text", { x: start ? x + 14 : x - 14, y, "text-anchor": start ? "start" : "end", lang: node.language });
  const written = lines(node.title);
  written.forEach((line, at) => text.append(draw("tspan", {
    x: start ? x + 14 : x - 14, y: y + 5 + (at - (written.length - 1) / 2) * 17 }, line)));
  return draw("a", { href: story(node), class: `kind-${kind.toLowerCase()}`, tabindex: -1 },
    draw("circle", { cx: x, cy: y, r: 7 }), text);
}

/** Each article once, by the first of its edges. */
function once(edges) {
  return [...new Map(edges.toReversed().map((edge) => [edge.node.id, edge])).values()].toReversed();
}

/** What the story leads to on the right, what leads to it on the left. */
function graph(article) {
  const to = once(article.related.edges);
  const from = once(article.relatedBy.edges);
  if (!to.length && !from.length) return "";
  const rows = Math.max(to.length, from.length);
  const height = rows * 64 + 16;
  const [left, width] = from.length ? [0, 860] : [370, 490];
  const middle = height / 2;
  const at = (edges, place) => middle + (place - (edges.length - 1) / 2) * 64;
  const line = ({ kind }, x, y) =>
    draw("path", { class: `kind-${kind.toLowerCase()}`, d: `M430 ${middle} C${(430 + x) / 2} ${middle} ${(430 + x) / 2} ${y} ${x} ${y}` });
  const kinds = [...new Set([...to, ...from].map(({ kind }) => kind))];
  const listed = (edges) => edges.map(({ kind, node }) =>
    make("li", { lang: node.language }, make("a", { href: story(node) }, node.title), ` (${KINDS[kind]})`));
  return make("section", { "aria-labelledby": "around" },
    make("h2", { id: "around" }, "What surrounds it"),
    make("div", { class: "graph", "aria-hidden": "true" }, draw("svg", { viewBox: `${left} 0 ${width} ${height}`, width },
      from.map((edge, place) => line(edge, 250, at(from, place))),
      to.map((edge, place) => line(edge, 610, at(to, place))),
      draw("circle", { class: "here", cx: 430, cy: middle, r: 12 }),
      draw("text", { class: "here", x: 430, y: middle + 32, "text-anchor": "middle" }, "this story"),
      from.map((edge, place) => spot(edge, 250, at(from, place), false)),
      to.map((edge, place) => spot(edge, 610, at(to, place), true)))),
    make("p", { class: "legend meta", "aria-hidden": "true" }, kinds.map((kind) =>
      make("span", { class: `kind-${kind.toLowerCase()}` }, KINDS[kind]))),
    make("details", {}, make("summary", {}, "The same as a list"),
      to.length ? [make("h3", {}, "Leads to"), make("ul", {}, listed(to))] : "",
      from.length ? [make("h3", {}, "Linked from"), make("ul", {}, listed(from))] : ""));
}

function written(html) {
  const made = make("div", { class: "text" });
  made.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  return made;
}

function said({ authorName, body, publishedAt, replies }) {
  const below = replies?.nodes ?? [];
  return make("li", {},
    make("p", { class: "meta" }, make("b", {}, make("bdi", {}, authorName)), " ", when(publishedAt)),
    written(body),
    below.length ? make("ol", {}, below.map(said)) : "");
}

function commentForm(article) {
  const told = make("p", { role: "status" });
  const name = make("input", { id: "name", name: "name", required: "", maxlength: 200, autocomplete: "name" });
  const text = make("textarea", { id: "words", name: "words", required: "", rows: 5, maxlength: 20000 });
  const send = make("button", {}, "Send");
  const form = make("form", { class: "comment" }, make("h3", {}, "Say something"),
    make("label", { for: "name" }, "Your name"), name, make("label", { for: "words" }, "Your comment"), text, send, told);
  form.onsubmit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const input = { articleId: article.id, authorName: name.value, body: text.value };
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
  document.title = `${article.title} · ${document.title}`;
  const elsewhere = article.url ?? article.canonicalUrl;
  const threads = article.comments.nodes;
  main.replaceChildren(
    make("article", { lang: article.language, dir: "auto" },
      make("h1", {}, article.title),
      make("p", { class: "meta" }, byline(article.authors), article.authors.length ? " · " : "", when(article.publishedAt)),
      article.summary ? make("p", { class: "summary" }, article.summary) : "",
      article.image ? make("img", { src: article.image.url, alt: article.image.alt ?? "" }) : "",
      written(article.body)),
    chips(article.topics),
    article.translations.length ? make("p", {}, "Also in: ", article.translations.map((one) =>
      make("a", { href: story(one), lang: one.language, hreflang: one.language }, one.title, " "))) : "",
    elsewhere ? make("p", {}, make("a", { href: elsewhere }, "Read it where it was published")) : "",
    graph(article),
    make("section", { "aria-labelledby": "said" },
      make("h2", { id: "said" }, article.commentCount ? count(article.commentCount, "comment") : "No comments yet"),
      make("ol", { class: "comments" }, threads.map(said)),
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
