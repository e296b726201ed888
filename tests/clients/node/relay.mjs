// Relay's runtime on what relay-compiler made: pages joined by @connection, a node, a change seen in the store, events.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import relay from 'relay-runtime';
import list from './relay/__generated__/pagesQuery.graphql.js';
import pages from './relay/__generated__/pages_list.graphql.js';
import line from './relay/__generated__/pages_line.graphql.js';
import byId from './relay/__generated__/pagesNodeQuery.graphql.js';
import describe from './relay/__generated__/pagesDescribeMutation.graphql.js';
import balances from './relay/__generated__/pagesBalancesSubscription.graphql.js';
import { checking, connectionParams, headers, inbox, socket, textOf, url } from './coffer.mjs';

const { Environment, Network, Observable, RecordSource, Store } = relay;
const live = createClient({ url: socket, connectionParams });

const post = async (query, variables) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  return answer.json();
};
const environment = new Environment({
  network: Network.create(
    ({ text }, variables) => post(text, variables),
    ({ text, name }, variables) =>
      Observable.create((sink) => live.subscribe({ operationName: name, query: text, variables }, sink)),
  ),
  store: new Store(new RecordSource()),
});
const changed = (mutation, variables) =>
  new Promise((onCompleted, onError) => relay.commitMutation(environment, { mutation, variables, onCompleted, onError }));
const read = (query, variables) => relay.fetchQuery(environment, query, variables).toPromise();

const opened = await post(textOf('OpenAccount'), { input: checking });
const { id: accountId } = opened.data.createAccount.account;
for (const day of [1, 2, 3, 4, 5]) {
  const input = { accountId, date: `2026-01-0${day}`, amount: '-1', description: `Day ${day}` };
  const booked = await post(textOf('BookTransaction'), { input });
  assert.deepEqual(booked.data.createTransaction.userErrors, []);
}

// The list in the store, page after page.
const operation = relay.createOperationDescriptor(list, { count: 2, cursor: null });
environment.retain(operation);
const stored = () => {
  const { data } = environment.lookup(operation.fragment);
  const selector = relay.getSingularSelector(pages, data.viewer);
  const { transactions } = environment.lookup(selector).data;
  const lines = transactions.edges.map(({ node }) => environment.lookup(relay.getSingularSelector(line, node)).data);
  return { lines, pageInfo: transactions.pageInfo };
};
await read(list, { count: 2, cursor: null });
for (let more = stored().pageInfo; more.hasNextPage; more = stored().pageInfo) {
  await read(list, { count: 2, cursor: more.endCursor });
}
const shown = () => stored().lines.map((one) => one.description);
assert.deepEqual(shown(), ['Day 5', 'Day 4', 'Day 3', 'Day 2', 'Day 1']);

// A node by its id is the same record, and so is what a change gives back.
const [first] = stored().lines;
const node = await read(byId, { id: first.id });
assert.equal(node.node.__typename, 'Transaction');
await changed(describe, { input: { transactionId: first.id, description: 'The fifth' } });
assert.deepEqual(shown(), ['The fifth', 'Day 4', 'Day 3', 'Day 2', 'Day 1']);

const events = inbox();
const stream = relay.requestSubscription(environment, { subscription: balances, variables: {}, onNext: events.put });
assert.equal((await events.next()).balanceChanged.account.balance.amount, '95.00');
await post(textOf('ChangeAccount'), { input: { accountId, balance: '75.50' } });
assert.equal((await events.next()).balanceChanged.account.balance.amount, '75.50');

stream.dispose();
await live.dispose();
