import { createServer, type ServerResponse } from 'node:http';
import { Pool } from 'pg';
import { FindingsController } from '../src/dashboards/findings.controller.js';
import { dataSourceFor } from '../src/database/data-source.js';
import { entities } from '../src/entities.js';
import { Cursors } from '../src/http/cursors.js';
import { usualLimit } from '../src/http/page.js';

/**
 * What the findings list is measured against: nothing but `node:http` and `pg`, with the statements that the list runs for its answer,
 * a pool as large as that of the service, and the rows as JSON. `node dist/bench/bare-server.js <url of the database> <port>`.
 */
const [url = '', port = ''] = process.argv.slice(2);

const statements = await statementsOfList();
const pool = new Pool({ connectionString: url, max: 6, keepAlive: true, options: '-c timezone=UTC' });

const server = createServer((_request, answer) => void answerList(answer));
server.listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));

async function answerList(answer: ServerResponse): Promise<void> {
  try {
    let rows: unknown[] = [];
    for (const { sql, parameters } of statements) rows = (await pool.query<object>(sql, parameters)).rows;
    const body = JSON.stringify({ items: rows.slice(0, usualLimit), nextCursor: null });
    answer.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
    });
    answer.end(body);
  } catch (error) {
    answer.writeHead(500);
    answer.end(String(error));
  }
}

async function statementsOfList(): Promise<{ sql: string; parameters: unknown[] }[]> {
  const dataSource = await dataSourceFor(url, entities, { ssl: false, poolSize: 1 }).initialize();
  const run: { sql: string; parameters: unknown[] }[] = [];
  const nothing = (): void => undefined;
  dataSource.logger = {
    logQuery: (sql, parameters) => void run.push({ sql, parameters: Array.isArray(parameters) ? parameters : [] }),
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
  await new FindingsController(dataSource, new Cursors(Buffer.alloc(32, 1))).list({});
  await dataSource.destroy();
  return run;
}
