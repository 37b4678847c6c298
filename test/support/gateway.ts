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
  /** Lets go of all connections; whoever comes from now on is let in and sent away in one breath, as by a database that is ended just then. */
  sendAway(): void;
  close(): Promise<void>;
}

const ready = Buffer.from('Z\0\0\0\x05I', 'latin1');
const sentAway = Buffer.from(
  `${['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to unexpected postmaster exit'].join('\0')}\0\0`,
);
const farewell = Buffer.concat([Buffer.from([0x45, 0, 0, 0, sentAway.length + 4]), sentAway]);

export async function openGateway(target: string): Promise<Gateway> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let passing = true;
  let frozen = false;
  let sendingAway = false;
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
    if (frozen) return;
    near.pipe(far);
    if (!sendingAway) {
      far.pipe(near);
      return;
    }
    far.on('data', (chunk) => {
      if (chunk.subarray(-ready.length).equals(ready)) {
        near.end(Buffer.concat([chunk, farewell]));
        far.destroy();
      } else near.write(chunk);
    });
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
      sendingAway = false;
    },
    sendAway: () => {
      off();
      passing = true;
      sendingAway = true;
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
