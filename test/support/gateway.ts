import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Something between a program and its server that can be switched off and on again. */
export interface Gateway {
  /** The server's address (a database's, where it names no port), through here. */
  readonly url: string;
  off(): void;
  on(): void;
  /** From now on nothing comes through any more, and nobody is told. */
  freeze(): void;
  close(): Promise<void>;
}

export async function openGateway(target: string): Promise<Gateway> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let passing = true;
  let frozen = false;
  const off = (): void => {
    passing = false;
    for (const socket of open) socket.destroy();
  };
  const server = createServer((near) => {
    if (!passing) {
      near.destroy();
      return;
    }
    const far = connect(Number(port || 5432), hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
    }
    if (!frozen) near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    off,
    on: () => {
      passing = true;
    },
    freeze: () => {
      frozen = true;
      for (const socket of open) socket.unpipe().pause();
    },
    close: async () => {
      off();
      server.close();
      await once(server, 'close');
    },
  };
}
