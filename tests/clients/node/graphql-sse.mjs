// graphql-sse in distinct connections mode: a stream over HTTP, left and taken up again where it was.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-sse';
import { checking, headers, inbox, textOf, url } from './coffer.mjs';

const client = createClient({ url, headers, singleConnection: false, retryAttempts: 0 });

const post = async (name, variables) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: textOf(name), variables }),
  });
  return (await answer.json()).data;
};

const opened = await post('OpenAccount', { input: checking });
const { id: accountId } = opened.createAccount.account;
const balance = (amount) => post('ChangeAccount', { input: { accountId, balance: amount } });

const listen = (after) => {
  const events = inbox();
  const leave = client.subscribe(
    { query: textOf('Balances'), variables: { accountIds: [accountId], after } },
    { next: ({ data }) => events.put(data.balanceChanged), error: (error) => events.put(error), complete: () => {} },
  );
  return { ...events, leave };
};

const first = listen();
assert.equal((await first.next()).balance.amount, '100.00');
await balance('90');
const seen = await first.next();
assert.equal(seen.balance.amount, '90.00');
first.leave();

await balance('80');
await balance('70');
const second = listen(seen.sequence);
assert.equal((await second.next()).balance.amount, '80.00');
assert.equal((await second.next()).balance.amount, '70.00');
second.leave();

client.dispose();
