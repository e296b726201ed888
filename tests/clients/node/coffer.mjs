// Where the server is and who asks, for all scripts; and our documents by name, each with the fragments it spreads.
import { readFileSync, readdirSync } from 'node:fs';
import { Kind, parse, print, visit } from 'graphql';

export const { COFFER_URL: url, COFFER_SOCKET: socket, COFFER_TOKEN: token } = process.env;
export const headers = { authorization: `Bearer ${token}` };
export const connectionParams = { Authorization: `Bearer ${token}` };

const definitions = readdirSync('documents').flatMap((file) => parse(readFileSync(`documents/${file}`, 'utf8')).definitions);
const named = (kind, name) => definitions.find((one) => one.kind === kind && one.name.value === name);

const withFragments = (definition, found = new Set()) => {
  found.add(definition);
  visit(definition, {
    FragmentSpread: (spread) => {
      const fragment = named(Kind.FRAGMENT_DEFINITION, spread.name.value);
      if (!found.has(fragment)) withFragments(fragment, found);
    },
  });
  return found;
};

export const documentOf = (name) => ({
  kind: Kind.DOCUMENT,
  definitions: [...withFragments(named(Kind.OPERATION_DEFINITION, name))],
});
export const textOf = (name) => print(documentOf(name));

// The next values of a stream of events, one promise each.
export const inbox = () => {
  const come = [];
  const awaited = [];
  return {
    put: (event) => (awaited.length ? awaited.shift()(event) : come.push(event)),
    next: () => (come.length ? Promise.resolve(come.shift()) : new Promise((resolve) => awaited.push(resolve))),
  };
};

export const checking = { name: 'Checking', type: 'CHECKING', currency: 'USD', balance: '100' };
