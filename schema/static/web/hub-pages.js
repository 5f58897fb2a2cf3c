// What a story gains by a script: lines of its graph, players, places to copy, and a comment form
// that sends without leaving the page. It reads whole without.

const ROOT = new URL(document.querySelector("a.name").getAttribute("href"), location.href).href;

const WORDS = JSON.parse(document.querySelector("script[data-words]")?.dataset.words ?? "{}");

/** The text in the language of the page. */
const t = (english) => WORDS[english] ?? english;

const TOKEN = /* GraphQL */ `query FormToken($id: ID!) { commentFormToken(articleId: $id) }`;

const COMMENT = /* GraphQL */ `mutation Say($input: SubmitCommentInput!) {
  submitComment(input: $input) {
    ... on SubmitCommentPayload { status comment { anchor } }
    ... on Problem { message }
    ... on Invalid { path }
    ... on RateLimited { retryAfterSeconds }
  }
}`;

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

async function ask(query, variables) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const response = await fetch(`${ROOT}graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors?.length) throw new Error(errors[0].message);
  return data;
}

// -- a comment on another page of comments ------------------------------------------------------

function seek() {
  const number = /^#comment-(\d+)$/.exec(location.hash)?.[1];
  if (number && !document.getElementById(`comment-${number}`) && !location.search.includes("comment=")) {
    location.replace(`?comment=${number}${location.hash}`);
  }
}

// -- what surrounds it --------------------------------------------------------------------------

/** A curve from the story to each neighbour, wherever the two stand. */
function curves(graph, here) {
  const origin = graph.getBoundingClientRect();
  const centre = here.getBoundingClientRect();
  return all("a", graph).map((link) => {
    const place = link.getBoundingClientRect();
    const before = place.left < centre.left;
    const x1 = (before ? centre.left : centre.right) - origin.left;
    const x2 = (before ? place.right : place.left) - origin.left;
    const y1 = centre.top + centre.height / 2 - origin.top;
    const y2 = place.top + place.height / 2 - origin.top;
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", link.className);
    path.setAttribute("d", `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`);
    link.onpointerenter = link.onfocus = () => path.classList.add("lit");
    link.onpointerleave = link.onblur = () => path.classList.remove("lit");
    return path;
  });
}

function draw(graph) {
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("aria-hidden", "true");
  graph.prepend(lines);
  new ResizeObserver(() => lines.replaceChildren(...curves(graph, graph.querySelector(".here")))).observe(graph);
}

// -- the text -----------------------------------------------------------------------------------

function addCopy(box) {
  const button = make("button", { type: "button", class: "copy" }, t("Copy"));
  button.onclick = async () => {
    await navigator.clipboard.writeText(box.querySelector("pre").textContent);
    button.textContent = t("Copied");
    setTimeout(() => (button.textContent = t("Copy")), 2000);
  };
  box.append(button);
}

/** The player in place of its link; a new tab as before with a key held down. */
function play(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { frame, video, audio } = this.dataset;
  event.preventDefault();
  const title = this.firstChild?.textContent?.trim() || t("Player");
  const player = frame
    ? make("iframe", { src: frame, title, allow: "autoplay; encrypted-media; fullscreen; picture-in-picture", allowfullscreen: "" })
    : make(video ? "video" : "audio", { src: video ?? audio, controls: "", autoplay: "" });
  this.replaceWith(player);
  player.focus();
}

function share(button) {
  const { title } = document;
  const url = document.querySelector("link[rel=canonical]").href;
  if (!navigator.share && !navigator.clipboard) return;
  button.hidden = false;
  button.onclick = async () => {
    if (navigator.share) return navigator.share({ title, url }).catch(() => {});
    await navigator.clipboard.writeText(url);
    button.textContent = t("Link copied");
  };
}

// -- comments -----------------------------------------------------------------------------------

const LABELS = { authorName: "Your name", authorEmail: "Your e-mail address", body: "Your comment" };

function explain({ message, path, retryAfterSeconds }) {
  if (retryAfterSeconds) {
    return t("You have sent a lot. Please wait {n} seconds, then send it again.").replace("{n}", retryAfterSeconds);
  }
  const name = path?.at(-1);
  if (name === "formToken") return t("That was very quick, or very long ago. Please send it again.");
  return `${t(LABELS[name] ?? "This")} ${message.replace(/^\w+: /, "")}.`;
}

function enliven(form) {
  const { name, email, words, token, website, to } = form.elements;
  const status = form.querySelector("[role=status]");
  const button = form.querySelector("button");
  const renew = async () => (token.value = (await ask(TOKEN, { id: form.dataset.article })).commentFormToken);
  form.addEventListener("focusin", () => renew().catch(() => {}), { once: true });
  form.onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      if (!token.value) await renew();
      const input = { articleId: form.dataset.article, authorName: name.value, authorEmail: email.value || null,
        body: words.value, parentId: to.dataset.id ?? null, formToken: token.value, honeypot: website.value };
      const { submitComment: answer } = await ask(COMMENT, { input });
      if (answer.comment) location.assign(`?comment=${answer.comment.anchor.split("-").at(-1)}#${answer.comment.anchor}`);
      status.textContent = answer.status ? t("Thank you. Your comment appears once it has been looked at.") : explain(answer);
      if (answer.status) form.reset();
      if (answer.status || answer.path?.at(-1) === "formToken") await renew();
    } catch {
      status.textContent = t("This could not be sent at the moment. Nothing is lost: please try again.");
    }
    button.disabled = false;
  };
  for (const link of all("a.reply")) {
    link.onclick = (event) => {
      event.preventDefault();
      to.dataset.id = link.dataset.id;
      to.value = link.closest("li").id.split("-").at(-1);
      form.querySelector("h3").textContent = link.textContent;
      link.closest("p").after(form);
      words.focus();
    };
  }
}

seek();
addEventListener("hashchange", seek);
for (const graph of all(".graph")) draw(graph);
if (navigator.clipboard) for (const box of all(".code")) addCopy(box);
for (const link of all("a.facade")) link.onclick = play;
for (const button of all("button.share")) share(button);
for (const form of all("form.comment")) enliven(form);
