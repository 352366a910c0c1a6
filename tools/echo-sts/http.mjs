// The HTTP side: health, modes, journal.

import { performance } from 'node:perf_hooks';
import { ModesError } from './modes.mjs';
import { isObject } from './protocol.mjs';

const longestBody = 1024 * 1024;

/** A request that can't be served, with its HTTP status. */
class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * A request handler for node:http.
 * @param {{journal: object, modes: object, connections: () => Iterable<object>, startedAt: number}} server
 */
export function createHandler(server) {
  return (request, response) => {
    respond(server, request).then(
      (body) => send(response, 200, body),
      (error) => send(response, error.status ?? 500, { error: error.message }));
  };
}

const routes = {
  '/health': { GET: health },
  '/modes': { GET: ({ modes }) => modes.show(), POST: mergeModes },
  '/modes/reset': { POST: resetModes },
  '/journal': { GET: ({ journal }, { streamId }) => journal.entries(streamId) },
  '/journal/summary': {
    GET: ({ journal }, { streamId }) => (streamId === undefined ? { streams: journal.summaries() } : journal.summary(streamId)),
  },
};

async function respond(server, request) {
  const url = new URL(request.url, 'http://localhost');
  if (!Object.hasOwn(routes, url.pathname)) throw new HttpError(404, `no ${url.pathname}; there is ${Object.keys(routes).join(', ')}`);
  const route = routes[url.pathname];
  if (!Object.hasOwn(route, request.method)) throw new HttpError(405, `${url.pathname} takes ${Object.keys(route).join(', ')}`);
  const body = request.method === 'POST' ? await readJson(request) : undefined;
  return route[request.method](server, { streamId: url.searchParams.get('stream_id') ?? undefined, body });
}

function health({ connections, startedAt }) {
  const streams = [...connections()].filter((connection) => connection.session).map((connection) => connection.streamId);
  return { status: 'healthy', server: 'echo-sts', uptime_ms: Math.round(performance.now() - startedAt), streams };
}

function mergeModes({ modes, connections }, { body }) {
  const immediate = merge(modes, body);
  const matches = (connection, streamId) => streamId === undefined || connection.streamId === streamId;
  const performed = {};
  for (const { name, action, streamId } of immediate) {
    const matching = [...connections()].filter((connection) => matches(connection, streamId));
    for (const connection of matching) connection.perform(name, action);
    performed[name] = matching.length;
  }
  for (const connection of connections()) connection.session?.modesChanged();
  return { ...modes.show(), performed };
}

function merge(modes, body) {
  try {
    return modes.merge(body ?? {});
  } catch (error) {
    if (error instanceof ModesError) throw new HttpError(400, error.message);
    throw error;
  }
}

function resetModes({ modes, connections }, { streamId, body }) {
  modes.reset(streamId ?? (isObject(body) ? body.stream_id : undefined));
  for (const connection of connections()) connection.session?.modesChanged();
  return modes.show();
}

async function readJson(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > longestBody) throw new HttpError(413, `the body is longer than ${longestBody} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw new HttpError(400, `the body is not JSON: ${error.message}`);
  }
}

function send(response, status, body) {
  if (status === 500) process.stderr.write(`echo-sts: ${body.error}\n`);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body) + '\n');
}
