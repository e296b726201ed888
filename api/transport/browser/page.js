// Runs GraphiQL, or a plain form where its bundle is missing. Both speak to the server through `run`.

const readSettings = (page) => JSON.parse(page.getElementById("settings").textContent);
let settings = readSettings(document);

// The token handed to this page lives shorter than the page: the server gives a new one with every copy of it.
async function renew() {
  const response = await fetch(location.pathname, { headers: { accept: "text/html" } });
  settings = readSettings(new DOMParser().parseFromString(await response.text(), "text/html"));
}

const isExpired = (answer) => answer.errors?.some((error) => error.extensions?.code === "UNAUTHENTICATED") ?? false;

function post(request, headers) {
  return fetch(settings.endpoint, {
    method: "POST",
    headers: {
      accept: "text/event-stream, application/graphql-response+json, application/json",
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify(request),
  });
}

// An answer, or an async iterable of them where the operation is a subscription.
async function run(request, given) {
  const mine = settings.headers;
  const own = { ...mine, ...given };
  let response = await post(request, own);
  if (isStream(response)) return events(response);
  let answer = await response.json();
  const usesOurToken = mine.Authorization !== undefined && own.Authorization === mine.Authorization;
  if (isExpired(answer) && usesOurToken) {
    await renew();
    response = await post(request, { ...own, ...settings.headers });
    if (isStream(response)) return events(response);
    answer = await response.json();
  }
  return answer;
}

const isStream = (response) => (response.headers.get("content-type") ?? "").startsWith("text/event-stream");

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      waiting += value;
      const blocks = waiting.split("\n\n");
      waiting = blocks.pop();
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
        if (fields.event === "complete") return;
        if (fields.event === "next") yield JSON.parse(fields.data);
      }
    }
  } finally {
    await reader.cancel();
  }
}

function showGraphiql() {
  const props = {
    fetcher: (request, options) => run(request, options?.headers),
    defaultQuery: settings.example,
    headers: JSON.stringify(settings.headers, null, 2),
    shouldPersistHeaders: false,
  };
  ReactDOM.render(React.createElement(GraphiQL, props), document.getElementById("graphiql"));
}

function showPlain() {
  const form = document.getElementById("plain");
  const output = form.querySelector("pre");
  const show = (answer) => { output.textContent = JSON.stringify(answer, null, 2); };
  document.getElementById("graphiql").remove();
  form.hidden = false;
  form.elements.query.value = settings.example;
  form.elements.headers.value = JSON.stringify(settings.headers);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const variables = JSON.parse(form.elements.variables.value || "{}");
      const headers = JSON.parse(form.elements.headers.value || "{}");
      const answer = await run({ query: form.elements.query.value, variables }, headers);
      if (answer[Symbol.asyncIterator] === undefined) show(answer);
      else for await (const one of answer) show(one);
    } catch (error) {
      output.textContent = String(error);
    }
  });
}

if (window.GraphiQL && window.ReactDOM) showGraphiql();
else showPlain();
