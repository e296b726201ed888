// Goes through docs/integrators/typescript.md: says one line of JSON for each step, and is told where the person came back.
import { createInterface } from "node:readline/promises";
import { BEGIN, Client, book, catchUp, consentUrl, discover, finish, follow, newKey } from "./recipe.ts";

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (line: unknown) => console.log(JSON.stringify(line));
const hear = async () => (await input.next()).value as string;

const server = await discover();
const asked = consentUrl(server);
say({ url: asked.url });
const token = await finish(server, asked, await hear());
const kept: string[] = [];
const client = new Client(server, token, async (renewed) => void kept.push(renewed.access_token));

const viewer = (await client.ask(BEGIN)).viewer;
say({ scope: token.scope, accounts: viewer.accounts.map((one: any) => one.name) });
await hear();

const copy = new Map<string, any>();
let position = await catchUp(client, copy, viewer.sequence);
say({ caughtUp: [...copy.values()].filter((one) => one.__typename === "Transaction").map((one) => one.description) });

const key = newKey();
const given = { accountId: viewer.accounts[0].id, date: "2026-03-11", amount: "-3.00", description: "Coffee" };
say({ same: (await book(client, key, given)) === (await book(client, key, given)) });

client.token = { ...client.token, access_token: "over" };
await Promise.all([client.ask(BEGIN), client.ask(BEGIN)]);
say({ refreshed: kept.length });

for await (const change of follow(client, position)) {
  if (change.node?.__typename === "Transaction") {
    say({ live: true });
    break;
  }
}

await hear();
try {
  await client.ask(BEGIN);
  say({ stopped: false });
} catch (error) {
  say({ stopped: true, why: (error as Error).message });
}
process.exit(0);
