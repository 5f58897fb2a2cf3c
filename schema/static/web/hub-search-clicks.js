// Tells the hub which results of <hub-search clicks> are chosen: the text, the article and its place. MIT licence.

const HERE = new URL(".", import.meta.url).href;

addEventListener("hub-search:select", ({ target, detail }) => {
  const { from, query, article, position } = detail;
  if (from !== "result" || !query || !target.hasAttribute("clicks")) return;
  const endpoint = target.getAttribute("endpoint")?.replace(/\/*$/, "/") ?? HERE;
  const event = { eventType: "click", eventName: "Result chosen", index: "articles", query, objectIDs: [article.id], positions: [position + 1] };
  // A text needs no preflight, and is sent also while the page is left.
  navigator.sendBeacon(new URL("1/events", new URL(endpoint, document.baseURI)), JSON.stringify({ events: [event] }));
});
