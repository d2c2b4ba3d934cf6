import { describeResults, describeSeen, readIndex } from "./calculator.js";

const REFRESH_MS = 1000;
const byId = (id) => document.getElementById(id);

async function fetchJson(path, options) {
  const response = await fetch(`/api${path}`, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.error ?? `The API answers ${response.status}.`);
  }
  return body;
}

async function refresh() {
  const [rows, values] = await Promise.all([fetchJson("/values/all"), fetchJson("/values/current")]);
  byId("seen").textContent = describeSeen(rows);
  byId("results").replaceChildren(
    ...describeResults(values).map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
}

async function ask(text) {
  const { index, problem } = readIndex(text);
  if (problem) {
    throw new Error(problem);
  }
  await fetchJson("/values", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ index }),
  });
  await refresh();
}

function show(task) {
  task.then(
    () => (byId("message").textContent = ""),
    (error) => (byId("message").textContent = error.message),
  );
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  show(ask(byId("index").value));
  byId("index").value = "";
});
refresh().catch(() => {});
setInterval(() => refresh().catch(() => {}), REFRESH_MS);
