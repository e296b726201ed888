// urql with its normalising cache: a change is seen in a query that was read before, an event too.
import assert from 'node:assert/strict';
import { createClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { createClient as createSocket } from 'graphql-ws';
import { checking, connectionParams, documentOf, headers, inbox, socket, url } from './coffer.mjs';

const live = createSocket({ url: socket, connectionParams });
const value = () => null;
const client = createClient({
  url,
  fetchOptions: { headers },
  preferGetMethod: false,
  exchanges: [
    cacheExchange({ keys: { Viewer: value, Money: value, BalanceChanged: value, TransactionConnection: value } }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({ unsubscribe: live.subscribe({ ...request, query: request.query ?? '' }, sink) }),
      }),
    }),
  ],
});

const opened = await client.mutation(documentOf('OpenAccount'), { input: checking }).toPromise();
assert.equal(opened.error, undefined);
const { id } = opened.data.createAccount.account;

const watched = inbox();
client.query(documentOf('Accounts'), {}).subscribe(({ data, error }) => watched.put(error ?? data.viewer.accounts[0]));
assert.equal((await watched.next()).name, 'Checking');

await client.mutation(documentOf('ChangeAccount'), { input: { accountId: id, name: 'Daily' } }).toPromise();
assert.equal((await watched.next()).name, 'Daily');

const events = inbox();
client.subscription(documentOf('Balances'), { accountIds: [id] }).subscribe(events.put);
assert.equal((await events.next()).data.balanceChanged.balance.amount, '100.00');
await client.mutation(documentOf('ChangeAccount'), { input: { accountId: id, balance: '75.50' } }).toPromise();
assert.equal((await events.next()).data.balanceChanged.account.balance.amount, '75.50');

const booked = await client
  .mutation(documentOf('BookTransaction'), { input: { accountId: id, date: '2026-01-05', amount: '-5', description: 'Bus' } })
  .toPromise();
assert.equal(booked.data.createTransaction.transaction.amount.amount, '-5.00');
const page = await client.query(documentOf('Transactions'), { first: 1 }).toPromise();
assert.equal(page.data.viewer.transactions.edges.length, 1);

await live.dispose();
process.exit(0); // urql keeps what it has subscribed to
