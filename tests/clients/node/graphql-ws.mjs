// graphql-ws: an operation over the socket, and a stream that is cut in the middle and resumes without a gap.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import { checking, connectionParams, inbox, socket, textOf } from './coffer.mjs';

let connections = 0;
let goOn;
const mended = new Promise((resolve) => (goOn = resolve));
const live = createClient({
  url: socket,
  connectionParams,
  shouldRetry: () => true,
  // Stays away until what is to be missed has happened.
  retryWait: () => mended,
  on: { connected: () => (connections += 1) },
});
const other = createClient({ url: socket, connectionParams, lazy: false });

const ask = async (client, name, variables) => {
  for await (const answer of client.iterate({ query: textOf(name), variables })) return answer.data;
};

const opened = await ask(other, 'OpenAccount', { input: checking });
const { id: accountId } = opened.createAccount.account;
const { sequence } = (await ask(other, 'Position')).viewer;
const rename = async (name) => {
  const { updateAccount } = await ask(other, 'ChangeAccount', { input: { accountId, name } });
  assert.deepEqual(updateAccount.userErrors, []);
};

// The client sends the same object again after each reconnect: whoever moves `after` along resumes where they were.
const request = { query: textOf('Changes'), variables: { after: sequence } };
const events = inbox();
live.subscribe(request, {
  next: ({ data }) => {
    request.variables.after = data.changes.sequence;
    events.put(data.changes);
  },
  error: (error) => events.put(error),
  complete: () => {},
});

await rename('One');
const before = await events.next();
live.terminate();
await rename('Two');
await rename('Three');
goOn();
const after = [await events.next(), await events.next()];
await rename('Four');
const last = await events.next();

const sequences = [before, ...after, last].map((one) => one.sequence);
assert.equal(new Set(sequences).size, 4);
assert.deepEqual([before, ...after, last].map((one) => one.id), Array(4).fill(accountId));
const missed = await ask(other, 'Missed', { after: sequence });
assert.deepEqual(missed.viewer.changes.nodes.map((one) => one.sequence), sequences);
assert.equal(connections, 2);

await live.dispose();
await other.dispose();
