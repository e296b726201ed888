// Apollo Client: a query, a mutation and a subscription that meet in one cache, kept by id.
import assert from 'node:assert/strict';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { checking, connectionParams, documentOf, headers, inbox, socket, url } from './coffer.mjs';

const live = createClient({ url: socket, connectionParams });
const client = new ApolloClient({
  cache: new InMemoryCache({ possibleTypes: { Node: ['Account', 'Transaction', 'Goal', 'SavingsGroup'] } }),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(live),
    new HttpLink({ uri: url, headers }),
  ),
});

const opened = await client.mutate({ mutation: documentOf('OpenAccount'), variables: { input: checking } });
const { id } = opened.data.createAccount.account;
const seen = await client.query({ query: documentOf('Accounts') });
assert.deepEqual(seen.data.viewer.accounts.map((one) => one.balance.amount), ['100.00']);

const watched = inbox();
client.watchQuery({ query: documentOf('Accounts') }).subscribe(({ data, dataState }) => {
  if (dataState === 'complete') watched.put(data.viewer.accounts[0]);
});
assert.equal((await watched.next()).name, 'Checking');

await client.mutate({ mutation: documentOf('ChangeAccount'), variables: { input: { accountId: id, name: 'Daily' } } });
assert.equal((await watched.next()).name, 'Daily');
assert.equal(client.cache.extract()[`Account:${id}`].name, 'Daily');

const events = inbox();
client.subscribe({ query: documentOf('Balances'), variables: { accountIds: [id] } }).subscribe(events.put);
assert.equal((await events.next()).data.balanceChanged.balance.amount, '100.00');
await client.mutate({ mutation: documentOf('ChangeAccount'), variables: { input: { accountId: id, balance: '75.50' } } });
assert.equal((await events.next()).data.balanceChanged.account.balance.amount, '75.50');
assert.equal(client.cache.extract()[`Account:${id}`].balance.amount, '75.50');

const refused = await client.mutate({
  mutation: documentOf('OpenAccount'),
  variables: { input: { ...checking, currency: 'USD', balance: '0.001' } },
});
assert.deepEqual(refused.data.createAccount.userErrors[0].path, ['input', 'balance']);

client.stop();
await live.dispose();
