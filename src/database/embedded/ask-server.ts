import { Client } from 'pg';
import { dataOf, passwordOf, superuser, type Cluster } from './create-cluster.js';
import { isSameDirectory } from './lock-file.js';

/**
 * `stranger`: a PostgreSQL server of another directory, or one that refuses our password. `not yet`: a server that is
 * starting, stopping or full. `silent`: nothing that speaks as a server does, or one that broke off.
 */
export type Answer =
  { readonly is: 'ours'; readonly pipe: string | null } | { readonly is: 'stranger' | 'not yet' | 'silent' };

/** The password alone proves nothing, a copied directory has the same one: the server is asked where its data is. */
export async function askServer(cluster: Cluster, port: number): Promise<Answer> {
  const client = new Client({
    connectionString: urlOf(port, await passwordOf(cluster)),
    ...loopback,
    connectionTimeoutMillis: 5_000,
  });
  // The server may go at any moment; a query in progress reports it, an idle client would bring the process down.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ directory: string; pipe: string | null }>(
      `select current_setting('data_directory') as directory, current_setting('hubwarden.holders', true) as pipe`,
    );
    const answer = rows[0];
    if (!answer || !(await isSameDirectory(answer.directory, dataOf(cluster)))) return { is: 'stranger' };
    return { is: 'ours', pipe: answer.pipe || null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('28')) return { is: 'stranger' };
    return { is: /^(57P|53)/.test(code) ? 'not yet' : 'silent' };
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Against PGSSLMODE and the like in the environment, which mean some other server. */
export const loopback = { ssl: false } as const;

export function urlOf(port: number, password: string): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;
}
