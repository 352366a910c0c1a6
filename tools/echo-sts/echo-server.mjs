// The echo STS server as a whole: HTTP, Socket.IO, and what they share.

import http from 'node:http';
import { performance } from 'node:perf_hooks';
import { Server } from 'socket.io';
import { Connection } from './connection.mjs';
import { createHandler } from './http.mjs';
import { Journal } from './journal.mjs';
import { Modes } from './modes.mjs';

/**
 * Starts a server.
 * @param {ReturnType<import('./settings.mjs').readSettings>} settings
 * @returns {Promise<{url: string, journal: Journal, modes: Modes, close: () => Promise<void>}>} when it listens
 * @throws the error of opening the journal or of listening (EADDRINUSE)
 */
export async function startEchoServer(settings) {
  const journal = new Journal(settings.journal);
  const modes = new Modes(settings);
  const connections = new Set();
  const byStream = new Map();
  const shared = { journal, modes, settings, register, unregister };

  const httpServer = http.createServer(createHandler({ journal, modes, connections: () => [...connections], startedAt: performance.now() }));
  const io = new Server(httpServer, {
    path: settings.socketPath,
    transports: ['websocket'],
    maxHttpBufferSize: settings.maxMessageBytes,
    pingInterval: settings.pingIntervalMs,
    pingTimeout: settings.pingTimeoutMs,
    serveClient: false,
  });
  const namespace = io.of(settings.namespace);
  namespace.use((socket, next) => {
    if (!modes.for(socket.handshake.headers['x-stream-id']).no_connect) next();
  });
  namespace.use((socket, next) => next(authFault(socket)));
  namespace.on('connection', (socket) => {
    const connection = new Connection(socket, shared);
    connections.add(connection);
    socket.on('disconnect', () => connections.delete(connection));
  });

  function authFault(socket) {
    if (settings.apiKey === undefined || socket.handshake.auth?.token === settings.apiKey) return undefined;
    journal.add({ dir: 'in', event: 'connect_refused', connection: socket.id, code: 'AUTH_FAILED' });
    const error = new Error('AUTH_FAILED');
    error.data = { code: 'AUTH_FAILED', message: 'the API key is missing or wrong', severity: 'fatal', retryable: false };
    return error;
  }

  function register(connection) {
    const earlier = byStream.get(connection.streamId);
    byStream.set(connection.streamId, connection);
    if (earlier && earlier !== connection) earlier.replace();
  }

  function unregister(connection) {
    if (byStream.get(connection.streamId) === connection) byStream.delete(connection.streamId);
  }

  async function close() {
    const closed = io.close();
    // Before Node 19 the server waits for clients that keep idle connections.
    httpServer.closeIdleConnections();
    await closed;
    httpServer.closeAllConnections();
    journal.close();
  }

  try {
    await listen(httpServer, settings);
  } catch (error) {
    journal.close();
    throw error;
  }
  // The WebSocket server takes the limit over when listening begins; what is left here is what the handshake says.
  if (!settings.tellsMaxMessage) io.engine.opts.maxHttpBufferSize = undefined;
  const { port } = httpServer.address();
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return { url: `http://${host}:${port}`, journal, modes, close };
}

function listen(httpServer, { host, port }) {
  return new Promise((resolve, reject) => {
    httpServer.once('error', reject);
    httpServer.listen(port, host, () => {
      httpServer.off('error', reject);
      resolve();
    });
  });
}
