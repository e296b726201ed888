// Everything that graphql-http's audit asks of a server, signed in. Prints what is not ok.
import { auditServer } from 'graphql-http';

const { COFFER_URL: url, COFFER_TOKEN: token } = process.env;

const signedIn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

const results = await auditServer({ url, fetchFn: signedIn });
const findings = results.filter((one) => one.status !== 'ok').map(({ status, name, reason }) => ({ status, name, reason }));
console.log(JSON.stringify({ total: results.length, ok: results.length - findings.length, findings }));
